// Composes the supergraph of Ficha and the support desk and prints it, by Apollo's composer or by The Guild's.
// Usage: node compose.ts apollo|guild

import { readFileSync } from 'node:fs'
import { composeServices as byApollo } from '@apollo/composition'
import { composeServices as byTheGuild } from '@theguild/federation-composition'
import { parse } from 'graphql'
import { FICHA_URL } from './ficha.ts'

const TICKETS_URL = process.env.URL_OF_TICKETS ?? 'http://127.0.0.1:4001/graphql'
const compose = { apollo: byApollo, guild: byTheGuild }[process.argv[2]!]
if (!compose) throw new Error('usage: node compose.ts apollo|guild')

const subgraph = (name: string, url: string, file: string) => ({
  name,
  url,
  typeDefs: parse(readFileSync(new URL(file, import.meta.url), 'utf8')),
})
const { supergraphSdl, errors } = compose([
  subgraph('ficha', FICHA_URL, '../../subgraph.graphql'),
  subgraph('tickets', TICKETS_URL, 'tickets.graphql'),
])
if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
console.log(supergraphSdl)
