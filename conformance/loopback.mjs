// Preloaded into a gateway (node --import): what it asks of other machines is refused, and their names go to the file OUTSIDE.

import { appendFileSync } from 'node:fs'
import net from 'node:net'

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...parts) {
  const [options] = Array.isArray(parts[0]) ? parts[0] : parts
  const host = options.host ?? (typeof parts[1] === 'string' ? parts[1] : 'localhost')
  if (options.path || ['localhost', '127.0.0.1', '::1'].includes(host)) return connect.apply(this, parts)
  appendFileSync(process.env.OUTSIDE, `${host}\n`)
  return this.destroy(new Error(`${host} is another machine`))
}
