// Generates Swift's Codable structs of the responses of the canonical operations, a file each, into a folder.
// Usage: node swift.mjs SCHEMA.graphql OPERATIONS FOLDER

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { buildSchema, introspectionFromSchema } from 'graphql'

// Both as CommonJS: of two copies of quicktype-core the one does not know the other's types, and drops what is not null.
const require = createRequire(import.meta.url)
const { InputData, quicktype } = require('quicktype-core')
const { GraphQLInput } = require('quicktype-graphql-input')

const [schema, operations, folder] = process.argv.slice(2)
const introspection = introspectionFromSchema(buildSchema(readFileSync(schema, 'utf8')))
const text = { kind: 'NON_NULL', name: null, ofType: { kind: 'SCALAR', name: 'String', ofType: null } }
for (const type of introspection.__schema.types) {
  // quicktype does not know that each of these has a `__typename`.
  if (['OBJECT', 'INTERFACE', 'UNION'].includes(type.kind))
    type.fields = [...(type.fields ?? []), { name: '__typename', args: [], type: text }]
  // A newer server may have more values, on which an enum of Swift fails to decode.
  if (type.kind === 'ENUM') type.kind = 'SCALAR'
}
// Nor does it know subscriptions: it reads them as queries of another type.
const subscriptions = { __schema: { ...introspection.__schema, queryType: introspection.__schema.subscriptionType } }

mkdirSync(folder, { recursive: true })
for (const file of readdirSync(operations, { recursive: true }).filter((each) => each.endsWith('.graphql'))) {
  const document = readFileSync(`${operations}/${file}`, 'utf8')
  const [, kind, name] = /^(query|mutation|subscription) (\w+)/m.exec(document)
  const input = new GraphQLInput()
  input.addSourceSync({
    name: 'Response',
    query: document.replace(/^subscription /m, 'query '),
    schema: { data: kind === 'subscription' ? subscriptions : introspection },
  })
  const inputData = new InputData()
  inputData.addInput(input)
  const { lines } = await quicktype({
    inputData,
    lang: 'swift',
    combineClasses: false,
    inferMaps: false,
    rendererOptions: { 'type-prefix': name, 'acronym-style': 'original', initializers: false },
  })
  writeFileSync(`${folder}/${name}.swift`, lines.join('\n'))
}
