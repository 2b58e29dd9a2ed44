// Writes what follows from schema.graphql and operations/ into src/generated/: the operations as typed documents, what
// caches need to know of the schema, and labels; beside them Kotlin's types, and the operations' manifest.
// Usage: node generate.mjs LABELS.json VERSION

import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import * as kotlin from '@graphql-codegen/kotlin'
import * as typedDocuments from '@graphql-codegen/typed-document-node'
import * as typescriptOperations from '@graphql-codegen/typescript-operations'
import {
  buildSchema, isAbstractType, isInterfaceType, isListType, isNonNullType, isObjectType, Kind, parse, print, visit,
} from 'graphql'

const [labels, version] = process.argv.slice(2)
const ROOT = new URL('../../', import.meta.url)
const OUT = new URL('src/generated/', import.meta.url)
const HEADER = '// Written by generate.mjs from schema.graphql and operations/.\n'
const TEXTS = ['DateTime', 'Date', 'Decimal', 'YearMonth', 'RFC', 'PostalCode', 'EmailAddress', 'PhoneNumber', 'UUID', 'URL']
const ROOTS = ['Query', 'Mutation', 'Subscription']

const sdl = readFileSync(new URL('schema.graphql', ROOT), 'utf8')
const schema = buildSchema(sdl)
const operations = new URL('operations/', ROOT)
const documents = globSync('**/*.graphql', { cwd: operations })
  .sort()
  .map((file) => ({ location: file, document: parse(readFileSync(new URL(file, operations), 'utf8')) }))

const scalars = (type) => Object.fromEntries(TEXTS.map((name) => [name, type]))
const typescript = {
  strictScalars: true,
  defaultScalarType: 'unknown',
  scalars: { ...scalars('string'), ID: 'string' },
  enumsAsTypes: true,
  useTypeImports: true,
  dedupeFragments: true,
}
const generate = (filename, plugins, config) =>
  codegen({
    filename,
    schema: parse(sdl),
    schemaAst: schema,
    documents,
    config,
    plugins: Object.keys(plugins).map((name) => ({ [name]: {} })),
    pluginMap: plugins,
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

/** What graphcache asks of the schema: of each type its interfaces, and its fields with what they lead to. */
const fieldsOf = (type) =>
  Object.values(type.getFields())
    .map(({ name, type: of }) => `${name}:${isAbstractType(named(of)) || isObjectType(named(of)) ? of : String(of).replace(named(of).name, 'Any')}`)
    .join(' ')
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
write('operations.ts', HEADER + (await generate('operations.ts', { typescriptOperations, typedDocuments }, typescript)))
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
const texts = JSON.parse(readFileSync(labels, 'utf8'))
write('labels.ts', `${HEADER}export const LABELS = ${JSON.stringify(texts, null, 1)} as const

export type Language = keyof typeof LABELS
export type EnumName = keyof (typeof LABELS)['es']

/** What people call a value of an enum, as \`label('SalesDocumentState', 'SENT', 'es')\`. A value of a newer schema is itself. */
export function label(name: EnumName, value: string, language: Language): string {
  return (LABELS[language][name] as Record<string, string>)[value] ?? value
}
`)
write('Ficha.kt', await generate('Ficha.kt', { kotlin }, { package: 'mx.example.ficha', withTypes: true, strictScalars: true, scalars: scalars('String') }))
writeFileSync(new URL('operations.json', import.meta.url), JSON.stringify(manifest, null, 1))
