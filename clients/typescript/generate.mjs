// Writes what follows from schema.graphql and operations/ into src/generated/: the operations as typed documents, what
// caches need to know of the schema, and, where they are given, labels; beside them the operations' manifest.
// Usage: node generate.mjs [LABELS.json], in a folder that has graphql: the kit's, or the page's, which takes no more
// of the kit than its sources.

import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { typedDocuments } from './typed.mjs'

const graphql = createRequire(`${process.cwd()}/`)('graphql')
const { buildSchema, isAbstractType, isInterfaceType, isListType, isNonNullType, isObjectType, Kind, parse, print, visit } = graphql

const [labels] = process.argv.slice(2)
const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const ROOT = new URL('../../', import.meta.url)
const OUT = new URL('src/generated/', import.meta.url)
const HEADER = '// Written by generate.mjs from schema.graphql and operations/.\n'
const ROOTS = ['Query', 'Mutation', 'Subscription']

const sdl = readFileSync(new URL('schema.graphql', ROOT), 'utf8')
const schema = buildSchema(sdl)
const operations = new URL('operations/', ROOT)
const documents = globSync('**/*.graphql', { cwd: operations })
  .sort()
  .map((location) => {
    const text = readFileSync(new URL(location, operations), 'utf8')
    return { location, text, document: parse(text) }
  })

const types = [...Object.values(schema.getTypeMap())].filter(({ name }) => !name.startsWith('__'))
const objects = types.filter((type) => isObjectType(type) && !ROOTS.includes(type.name))

/** Types without an id: a part of the record they are read with. Edges and connections are pages, not parts. */
const embedded = objects
  .filter((type) => !type.getFields().id && !/(Connection|Edge|Payload)$|^PageInfo$/.test(type.name))
  .map(({ name }) => name)
  .sort()
const unkeyed = objects.filter((type) => !type.getFields().id).map(({ name }) => name).sort()

/** Of each type, its fields that are lists in pages, with the arguments that make another list of them. */
const PAGE = new Set(['first', 'after', 'last', 'before'])
const connections = {}
for (const type of types.filter((each) => isObjectType(each) || isInterfaceType(each))) {
  for (const field of Object.values(type.getFields())) {
    if (named(field.type).name.endsWith('Connection')) {
      const keys = field.args.map(({ name }) => name).filter((name) => !PAGE.has(name))
      connections[type.name] = { ...connections[type.name], [field.name]: keys }
    }
  }
}

const possibleTypes = Object.fromEntries(
  types.filter(isAbstractType).map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name).sort()]),
)
const byId = Object.values(schema.getQueryType().getFields())
  .filter((field) => field.args.some(({ name }) => name === 'id') && !isListType(field.type))
  .map(({ name }) => name)

/**
 * What graphcache asks of the schema: of each type its interfaces, and its fields with what they lead to, as
 * `src/introspection.ts` reads them. `state~` is a field and `stateLabel`, `note?` may be null, `createContact^` leads to
 * `CreateContactPayload!`, `owner:Collaborator` says it.
 */
const leads = (of) => (isAbstractType(named(of)) || isObjectType(named(of)) ? String(of) : String(of).replace(named(of).name, 'Any'))
const payloadOf = (name) => `${name[0].toUpperCase()}${name.slice(1)}Payload!`
const suffix = (name, of) => ({ 'Any!': '', Any: '?', [payloadOf(name)]: '^' })[of] ?? `:${of}`
const fieldsOf = (type) => {
  const fields = new Map(Object.values(type.getFields()).map(({ name, type: of }) => [name, leads(of)]))
  const worded = (name) => /^Any!?$/.test(fields.get(name)) && fields.get(`${name}Label`) === fields.get(name)
  return [...fields]
    .filter(([name]) => !(name.endsWith('Label') && worded(name.slice(0, -5))))
    .map(([name, of]) => `${name}${worded(name) ? '~' : ''}${suffix(name, of)}`)
    .join(' ')
}
const introspection = Object.fromEntries(
  types
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .map((type) => [type.name, [type.getInterfaces().map(({ name }) => name), fieldsOf(type)]]),
)

function named(type) {
  return isNonNullType(type) || isListType(type) ? named(type.ofType) : type
}

/** As Apollo's clients and routers take it: the documents with `__typename` where Apollo's caches add it, by SHA-256. */
const manifest = {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: documents.map(({ document }) => {
    const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    const body = print(withTypenames(document))
    const id = createHash('sha256').update(body).digest('hex')
    return { id, body, name: operation.name.value, type: operation.operation }
  }),
}

function withTypenames(document) {
  const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }
  return visit(document, {
    SelectionSet(node, _key, parent) {
      if (parent.kind === Kind.OPERATION_DEFINITION) return undefined
      if (node.selections.some((each) => each.kind === Kind.FIELD && each.name.value === '__typename')) return undefined
      return { ...node, selections: [...node.selections, typename] }
    },
  })
}

const constants = (values) =>
  Object.entries(values).map(([name, [type, value]]) => `export const ${name}: ${type} = ${JSON.stringify(value)}\n`)

mkdirSync(OUT, { recursive: true })
const write = (name, text) => writeFileSync(new URL(name, OUT), text)
write('operations.ts', `${HEADER}${typedDocuments(graphql, schema, documents)}`)
write('schema.ts', HEADER + constants({
  VERSION: ['string', version],
  SCHEMA_HASH: ['string', createHash('sha256').update(sdl).digest('hex')],
  POSSIBLE_TYPES: ['Record<string, string[]>', possibleTypes],
  EMBEDDED: ['readonly string[]', embedded],
  UNKEYED: ['readonly string[]', unkeyed],
  CONNECTIONS: ['Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>', connections],
  BY_ID: ['readonly string[]', byId],
}).join(''))
write('introspection.ts', `${HEADER}export const TYPES: Readonly<Record<string, readonly [readonly string[], string]>> = ${JSON.stringify(introspection)}\n`)
writeFileSync(new URL('operations.json', import.meta.url), JSON.stringify(manifest, null, 1))
if (labels) {
  const texts = JSON.parse(readFileSync(labels, 'utf8'))
  write('labels.ts', `${HEADER}export const LABELS = ${JSON.stringify(texts, null, 1)} as const

export type Language = keyof typeof LABELS
export type EnumName = keyof (typeof LABELS)['es']

/** What people call a value of an enum, as \`label('SalesDocumentState', 'SENT', 'es')\`. A value of a newer schema is itself. */
export function label(name: EnumName, value: string, language: Language): string {
  return (LABELS[language][name] as Record<string, string>)[value] ?? value
}
`)
}
