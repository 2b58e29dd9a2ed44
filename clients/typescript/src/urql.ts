// urql's normalised cache (graphcache): the schema, which types have no id, how pages are put together.
import type { CacheExchangeOpts, KeyingConfig, ResolverConfig } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { CONNECTIONS, UNKEYED } from './generated/schema.js'
import { introspection } from './introspection.js'

/** For `cacheExchange(cacheOptions())`. With `pages: 'apart'` each page of a list is an answer of its own. */
export function cacheOptions(
  options: Partial<CacheExchangeOpts> & { pages?: 'together' | 'apart' } = {},
): Partial<CacheExchangeOpts> {
  const { pages = 'together', ...own } = options
  const keys: KeyingConfig = Object.fromEntries(UNKEYED.map((name) => [name, () => null]))
  const resolvers: ResolverConfig = {}
  if (pages === 'together') {
    for (const [type, fields] of Object.entries(CONNECTIONS)) {
      resolvers[type] = Object.fromEntries(Object.keys(fields).map((field) => [field, relayPagination()]))
    }
  }
  for (const [type, fields] of Object.entries(own.resolvers ?? {})) resolvers[type] = { ...resolvers[type], ...fields }
  return { ...own, schema: introspection() as never, keys: { ...keys, ...own.keys }, resolvers }
}
