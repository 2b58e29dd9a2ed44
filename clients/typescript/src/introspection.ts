// The schema as graphcache takes it, which needs of each type its fields and what they lead to; scalars and enums are alike.
import { TYPES } from './generated/introspection.js'
import { POSSIBLE_TYPES } from './generated/schema.js'

interface TypeReference {
  kind: 'NON_NULL' | 'LIST' | 'OBJECT' | 'INTERFACE' | 'SCALAR'
  name?: string
  ofType?: TypeReference
}

const kindOf = (name: string) => (name === 'Any' ? 'SCALAR' : name in POSSIBLE_TYPES ? 'INTERFACE' : 'OBJECT')

/** Reads `[Client!]!`. */
function reference(text: string): TypeReference {
  if (text.endsWith('!')) return { kind: 'NON_NULL', ofType: reference(text.slice(0, -1)) }
  if (text.startsWith('[')) return { kind: 'LIST', ofType: reference(text.slice(1, -1)) }
  return { kind: kindOf(text), name: text }
}

/** Reads `owner:Collaborator`, and what is written shorter: see generate.mjs. */
function fieldsOf(text: string): { name: string; args: []; type: TypeReference }[] {
  const [, name = '', worded, short, type] = /^(\w+)(~?)(\??|\^)(?::(.+))?$/.exec(text) ?? []
  const payload = `${name.charAt(0).toUpperCase()}${name.slice(1)}Payload!`
  const leads = type ?? (short === '^' ? payload : short === '?' ? 'Any' : 'Any!')
  const names = worded ? [name, `${name}Label`] : [name]
  return names.map((each) => ({ name: each, args: [], type: reference(leads) }))
}

export function introspection(): unknown {
  const types = Object.entries(TYPES).map(([name, [interfaces, fields]]) => ({
    kind: kindOf(name),
    name,
    interfaces: interfaces.map((each) => ({ kind: 'INTERFACE', name: each })),
    fields: fields.split(' ').flatMap(fieldsOf),
    possibleTypes: POSSIBLE_TYPES[name]?.map((each) => ({ kind: 'OBJECT', name: each })) ?? [],
  }))
  return {
    __schema: {
      queryType: { name: 'Query' },
      mutationType: { name: 'Mutation' },
      subscriptionType: { name: 'Subscription' },
      types: [...types, { kind: 'SCALAR', name: 'Any' }],
    },
  }
}
