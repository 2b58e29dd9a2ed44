// GraphQL Yoga with graphql-jit. It prints its URL when it answers, and ends on SIGTERM.

import { createServer } from 'node:http';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { createSchema, createYoga } from 'graphql-yoga';
import { pool, resolvers, schema } from './resolvers.mjs';

// graphql-tools has another name for it.
const named = ({ resolveType, ...fields }) => (resolveType ? { __resolveType: resolveType, ...fields } : fields);
const yoga = createYoga({
  schema: createSchema({
    typeDefs: schema,
    resolvers: Object.fromEntries(Object.entries(resolvers).map(([type, fields]) => [type, named(fields)])),
  }),
  plugins: [useGraphQlJit()],
  context: () => ({}),
  graphiql: false,
  landingPage: false,
  logging: 'error',
});
const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => server.close(() => pool.end()));
