// Serves the supergraph by Hive Gateway, with subscriptions over WebSockets and by server-sent events.
// Usage: npx hive-gateway supergraph supergraph.graphql

import { defineConfig } from '@graphql-hive/gateway'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'
import { FORWARDED } from './ficha.ts'

export const gatewayConfig = defineConfig({
  unifiedGraphHandler, // Hive Router's planner: the older one cannot ask for fields that `@interfaceObject` adds
  host: '127.0.0.1',
  graphiql: false, // it would load its scripts from a CDN
  landingPage: false,
  propagateHeaders: {
    // Over a WebSocket, `context.headers` has the payload of the client's `connection_init`.
    fromClientToSubgraphs: ({ context }) => Object.fromEntries(FORWARDED.map((name) => [name, context.headers?.[name]])),
  },
  transportEntries: {
    ficha: {
      options: {
        subscriptions: {
          kind: 'ws',
          location: '/graphql',
          headers: [],
          options: {
            connectionParams: {
              authorization: '{context.headers.authorization}',
              'x-ficha-company': '{context.headers.x-ficha-company}',
            },
          },
        },
      },
    },
  },
})
