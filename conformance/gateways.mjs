// Composes a supergraph and serves it by Apollo's gateway and by The Guild's, until its standard input ends.
//
// Standard input begins with one line of JSON: {"subgraphs": {name: {"url", "sdl"}}}; the answer is one line of JSON:
// {"apollo", "hive": URLs, "hints": codes}. Both gateways hand the client's Authorization header on.

import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { composeServices } from '@apollo/composition'
import { createGatewayRuntime } from '@graphql-hive/gateway'
import { parse } from 'graphql'

class Forwarding extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    if (context.authorization) request.http.headers.set('authorization', context.authorization)
  }
}

function compose(subgraphs) {
  const services = Object.entries(subgraphs).map(([name, { url, sdl }]) => ({ name, url, typeDefs: parse(sdl) }))
  const { supergraphSdl, errors, hints } = composeServices(services)
  if (errors) throw new Error(errors.map((error) => error.message).join('\n'))
  return { supergraphSdl, hints: [...new Set(hints.map((hint) => hint.definition.code))].sort() }
}

async function serveByApollo(supergraphSdl) {
  const gateway = new ApolloGateway({ supergraphSdl, buildService: ({ name, url }) => new Forwarding({ url, apq: name === 'ficha' }) })
  const server = new ApolloServer({ gateway })
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  })
  return url.replace('localhost', '127.0.0.1')
}

async function serveByHive(supergraph, subgraphs) {
  const runtime = createGatewayRuntime({
    supergraph,
    logging: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }),
    },
    transportEntries: {
      ficha: {
        options: {
          subscriptions: {
            kind: 'ws',
            location: new URL(subgraphs.ficha.url).pathname,
            headers: [],
            options: { connectionParams: { authorization: '{context.headers.authorization}' } },
          },
        },
      },
    },
  })
  const server = createServer(runtime)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${server.address().port}/graphql`
}

const lines = createInterface({ input: process.stdin })
lines.once('line', async (line) => {
  const { subgraphs } = JSON.parse(line)
  const { supergraphSdl, hints } = compose(subgraphs)
  const [apollo, hive] = await Promise.all([serveByApollo(supergraphSdl), serveByHive(supergraphSdl, subgraphs)])
  console.log(JSON.stringify({ apollo, hive, hints }))
})
lines.once('close', () => process.exit())
