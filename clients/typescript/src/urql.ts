// urql's normalised cache (graphcache): the schema, which types have no id, how pages are put together.
import type { CacheExchangeOpts, KeyingConfig, ResolverConfig } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { CONNECTIONS, UNKEYED } from './generated/schema.js'
import { introspection } from './introspection.js'

/**
 * For `cacheExchange(cacheOptions())`. With `pages: 'apart'` each page of a list is an answer of its own. With
 * `partial: false` the cache answers only what it has all of: what may be null is not null while it is on its way, which a
 * screen that tells hidden from empty needs.
 */
export function cacheOptions(
  options: Partial<CacheExchangeOpts> & { pages?: 'together' | 'apart'; partial?: boolean } = {},
): Partial<CacheExchangeOpts> {
  const { pages = 'together', partial = true, ...own } = options
  const keys: KeyingConfig = Object.fromEntries(UNKEYED.map((name) => [name, () => null]))
  const resolvers: ResolverConfig = {}
  if (pages === 'together') {
    for (const [type, fields] of Object.entries(CONNECTIONS)) {
      resolvers[type] = Object.fromEntries(Object.keys(fields).map((field) => [field, relayPagination()]))
    }
  }
  for (const [type, fields] of Object.entries(own.resolvers ?? {})) resolvers[type] = { ...resolvers[type], ...fields }
  const schema = partial ? { schema: introspection() as never } : {}
  return { ...own, ...schema, keys: { ...keys, ...own.keys }, resolvers }
}
