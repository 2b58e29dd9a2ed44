// Reads a trace as Apollo's gateway does: base64 on standard input, the message as JSON on standard output.

import { text } from 'node:stream/consumers'
import { Trace } from '@apollo/usage-reporting-protobuf'

const trace = Trace.decode(Buffer.from((await text(process.stdin)).trim(), 'base64'))
console.log(JSON.stringify(Trace.toObject(trace, { longs: Number })))
