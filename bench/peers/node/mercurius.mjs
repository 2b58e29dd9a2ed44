// Mercurius with its JIT. It prints its URL when it answers, and ends on SIGTERM.

import Fastify from 'fastify';
import mercurius from 'mercurius';
import { pool, resolvers, schema } from './resolvers.mjs';

const app = Fastify();
app.register(mercurius, { schema, resolvers, jit: 1, context: () => ({}) });
console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.on('SIGTERM', async () => {
  await app.close();
  await pool.end();
});
