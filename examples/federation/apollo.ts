// Serves the supergraph by Apollo's gateway. It has no subscriptions.
// Usage: node apollo.ts [supergraph.graphql]

import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { ApolloGateway, RemoteGraphQLDataSource, type GraphQLDataSourceProcessOptions } from '@apollo/gateway'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { startStandaloneServer } from '@apollo/server/standalone'
import { GraphQLError } from 'graphql'
import { FORWARDED } from './ficha.ts'

// Without it, the gateway asks the metadata hosts of clouds where it runs, and reports that to Apollo.
process.env.APOLLO_TELEMETRY_DISABLED = '1'

type Context = { headers?: IncomingHttpHeaders }

class Subgraph extends RemoteGraphQLDataSource<Context> {
  willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<Context>) {
    for (const name of FORWARDED) {
      const value = context.headers?.[name]
      if (value) request.http?.headers.set(name, String(value))
    }
  }

  // Under whatever HTTP status, Ficha's errors have its codes: UNAUTHENTICATED with 401, OVERLOADED with 503.
  async errorFromResponse(response: Parameters<RemoteGraphQLDataSource['errorFromResponse']>[0]) {
    const body = await this.parseBody(response)
    const [first] = (typeof body === 'object' && 'errors' in body && (body.errors as GraphQLError[])) || []
    return new GraphQLError(first?.message ?? `${response.status} ${response.statusText}`, first)
  }
}

const server = new ApolloServer<Context>({
  gateway: new ApolloGateway({
    supergraphSdl: readFileSync(process.argv[2] ?? 'supergraph.graphql', 'utf8'),
    buildService: ({ name, url }) => new Subgraph({ url, apq: name === 'ficha' }), // it knows documents by their hash
  }),
  includeStacktraceInErrorResponses: false,
  plugins: [ApolloServerPluginLandingPageDisabled()], // it would load its scripts from a CDN
})
const { url } = await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4000) },
  context: async ({ req }) => ({ headers: req.headers }),
})
console.log(url)
