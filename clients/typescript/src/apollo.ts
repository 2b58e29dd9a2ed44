// Apollo Client's cache: which types an interface stands for, how pages are put together, what is part of a record.
import type { FieldPolicy, InMemoryCacheConfig, TypePolicies } from '@apollo/client'
import { CONNECTIONS, EMBEDDED, POSSIBLE_TYPES } from './generated/schema.js'

interface Page {
  nodes?: readonly unknown[]
  edges?: readonly unknown[]
  pageInfo?: { startCursor?: unknown; endCursor?: unknown; hasNextPage?: unknown; hasPreviousPage?: unknown }
}

/** For `new InMemoryCache(cacheConfig())`. `policies` of your own are added by type and field. */
export function cacheConfig(policies: TypePolicies = {}): InMemoryCacheConfig {
  const typePolicies: TypePolicies = {}
  for (const name of EMBEDDED) typePolicies[name] = { merge: true }
  for (const [type, fields] of Object.entries(CONNECTIONS)) {
    const lists = Object.entries(fields).map(([field, keys]) => [field, pagesTogether(keys)] as const)
    typePolicies[type] = { ...typePolicies[type], fields: Object.fromEntries(lists) }
  }
  for (const [type, own] of Object.entries(policies)) {
    typePolicies[type] = { ...typePolicies[type], ...own, fields: { ...typePolicies[type]?.fields, ...own.fields } }
  }
  return { possibleTypes: POSSIBLE_TYPES, typePolicies }
}

/**
 * The pages of a list as one: what `fetchMore` brings is put behind or before what is there. Apollo's own policy joins
 * `edges` alone, and the canonical operations read `nodes`.
 */
function pagesTogether(keys: readonly string[]): FieldPolicy<Page> {
  return {
    keyArgs: [...keys],
    merge(there, page, { args }) {
      const [after, before] = [args?.['after'], args?.['before']]
      const known = there?.pageInfo
      // Where the page does not follow what is there, the list begins anew.
      const follows = after != null && (known?.endCursor ?? after) === after
      const precedes = before != null && (known?.startCursor ?? before) === before
      if (!there || !(follows || precedes)) return page
      const [first, second] = follows ? [there, page] : [page, there]
      const join = (name: 'nodes' | 'edges') => page[name] && [...(first[name] ?? []), ...(second[name] ?? [])]
      const { startCursor, hasPreviousPage } = first.pageInfo ?? {}
      const { endCursor, hasNextPage } = second.pageInfo ?? {}
      return {
        ...there,
        ...page,
        ...(page.nodes && { nodes: join('nodes') }),
        ...(page.edges && { edges: join('edges') }),
        pageInfo: { ...there.pageInfo, ...page.pageInfo, startCursor, hasPreviousPage, endCursor, hasNextPage },
      } as Page
    },
  }
}
