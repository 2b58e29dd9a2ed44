// Subscribes by graphql-ws and prints a line of JSON for each thing that happens, until its standard input ends.
// Usage: node subscribe.mjs URL TOKEN QUERY VARIABLES

import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

const [url, token, query, variables] = process.argv.slice(2)
const tell = (what, value) => console.log(JSON.stringify({ [what]: value ?? null }))
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  retryAttempts: 0,
  lazy: false,
  on: { connected: () => tell('connected'), closed: (event) => tell('closed', event.code) },
})
client.subscribe(
  { query, variables: JSON.parse(variables) },
  { next: (result) => tell('next', result), error: (errors) => tell('error', errors), complete: () => tell('complete') },
)
process.stdin.resume().once('end', () => client.dispose())
