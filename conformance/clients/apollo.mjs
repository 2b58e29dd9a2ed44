// Asks by Apollo Client with automatic persisted queries over GET, and prints what it was answered.
// Usage: node clients/apollo.mjs URL TOKEN DOCUMENT VARIABLES

import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client'
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries'

const [uri, token, document, variables] = process.argv.slice(2)
const sent = []
const http = new HttpLink({
  uri,
  headers: { authorization: `Bearer ${token}` },
  fetch: (input, init) => (sent.push(init.method), fetch(input, init)),
})
const sha256 = (text) => createHash('sha256').update(text).digest('hex')
const client = new ApolloClient({
  link: ApolloLink.from([new PersistedQueryLink({ sha256, useGETForHashedQueries: true }), http]),
  cache: new InMemoryCache(),
})
const ask = () =>
  client.query({
    query: gql(readFileSync(document, 'utf8')),
    variables: JSON.parse(variables),
    fetchPolicy: 'network-only',
  })
await ask()
const { data } = await ask()
console.log(JSON.stringify({ data, sent }))
