// Runs the audits of GraphQL over HTTP and prints {id: reason} of those that do not pass, and how many there were.
// Usage: node audits.mjs URL TOKEN

import { serverAudits } from 'graphql-http'

const [url, token] = process.argv.slice(2)
const fetchFn = (input, init = {}) => fetch(input, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
const audits = serverAudits({ url, fetchFn })
const failed = {}
for (const audit of audits) {
  const result = await audit.fn()
  if (result.status !== 'ok') failed[`${audit.id} ${audit.name}`] = result.reason
}
console.log(JSON.stringify({ count: audits.length, failed }))
