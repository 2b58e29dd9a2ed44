// Asks by urql and prints what it was answered.
// Usage: node clients/urql.mjs URL TOKEN DOCUMENT VARIABLES

import { readFileSync } from 'node:fs'
import { Client, fetchExchange } from '@urql/core'

const [url, token, document, variables] = process.argv.slice(2)
const client = new Client({
  url,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetchOptions: { headers: { authorization: `Bearer ${token}` } },
})
const { data, error } = await client.query(readFileSync(document, 'utf8'), JSON.parse(variables)).toPromise()
console.log(JSON.stringify({ data, error: error?.message ?? null }))
