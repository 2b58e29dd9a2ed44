// The support desk: a subgraph that adds tickets to Ficha's clients and sales documents.
// Usage: node tickets.ts

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/index.js'
import { GraphQLError, parse } from 'graphql'
import { createYoga } from 'graphql-yoga'
import { FICHA_URL, FORWARDED } from './ficha.ts'

type Ticket = Record<'id' | 'companyId' | 'clientId' | 'subject' | 'openedAt', string> & { documentId?: string }
type Viewer = { companyId: string }

// A real desk has a database, and reads it through DataLoaders: a gateway asks for a hundred clients at once.
const tickets: Ticket[] = [
  {
    id: 'tkt_1',
    companyId: 'com_019900a1-7c00-7d3e-8000-00000000de30',
    clientId: 'cli_01992a57-7a00-7922-bcd9-6cf8a85e77bf',
    subject: '¿Cómo descargo mi estado de cuenta?',
    openedAt: '2026-11-03T16:20:00Z',
  },
]

const resolvers: GraphQLResolverMap<any> = {
  Query: {
    ticket: (_, { id }, viewer) => ticketsOf(viewer, 'id', id)[0],
  },
  Mutation: {
    openTicket(_, { clientId, documentId, subject }, { companyId }) {
      const id = `tkt_${randomUUID()}`
      const ticket = { id, companyId, clientId, documentId, subject, openedAt: new Date().toISOString() }
      tickets.unshift(ticket)
      return ticket
    },
  },
  Ticket: {
    __resolveReference: ({ id }, viewer) => ticketsOf(viewer, 'id', id)[0],
    // A key is enough: the gateway gets the rest from Ficha, which answers null where the viewer may not see it.
    client: ({ clientId }) => ({ id: clientId }),
    document: ({ documentId }) => documentId && { id: documentId },
  },
  Client: {
    tickets: ({ id }, _, viewer) => ticketsOf(viewer, 'clientId', id),
    supportLevel({ kind, receivables }) {
      if (kind === 'PROSPECT') return 'TRIAL'
      return receivables && (Number(receivables.overdueBalance) > 0 ? 'LIMITED' : 'FULL')
    },
  },
  SalesDocument: {
    tickets: ({ id }, _, viewer) => ticketsOf(viewer, 'documentId', id),
  },
}

function ticketsOf({ companyId }: Viewer, key: 'id' | 'clientId' | 'documentId', id: string) {
  return tickets.filter((ticket) => ticket.companyId === companyId && ticket[key] === id)
}

// Ficha knows who sends this token or API key. Who verifies tokens without its help need not ask.
async function viewerOf(request: Request): Promise<Viewer> {
  const headers = FORWARDED.flatMap((name) => (request.headers.has(name) ? [[name, request.headers.get(name)!]] : []))
  const response = await fetch(FICHA_URL, {
    method: 'POST',
    headers: { ...Object.fromEntries(headers), 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { company { id } } }' }),
  })
  const { data, errors } = await response.json()
  if (!data) throw new GraphQLError(errors[0].message, { extensions: errors[0].extensions })
  return { companyId: data.viewer.company.id }
}

const typeDefs = parse(readFileSync(new URL('tickets.graphql', import.meta.url), 'utf8'))
const yoga = createYoga({
  schema: buildSubgraphSchema({ typeDefs, resolvers }),
  context: ({ request }) => viewerOf(request),
  graphiql: false, // it would load its scripts from a CDN
})
const { PORT = '4001' } = process.env
createServer(yoga).listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}/graphql`))
