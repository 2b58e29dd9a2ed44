// Generates the types of the canonical operations, as apps written in TypeScript do, and Kotlin's of the schema, into
// node_modules/.generated/. What the generators warn of is printed.
// Usage: node codegen.mjs SCHEMA.graphql OPERATIONS

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { generate } from '@graphql-codegen/cli'

const [schema, operations] = process.argv.slice(2)
const texts = ['DateTime', 'Date', 'Decimal', 'YearMonth', 'RFC', 'PostalCode', 'EmailAddress', 'PhoneNumber', 'UUID', 'URL']
const scalars = (type) => Object.fromEntries(texts.map((name) => [name, type]))
const files = await generate(
  {
    schema,
    documents: `${operations}/**/*.graphql`,
    silent: true,
    generates: {
      'node_modules/.generated/operations.ts': {
        plugins: ['typescript-operations', 'typed-document-node'],
        config: { strictScalars: true, defaultScalarType: 'unknown', scalars: scalars('string') },
      },
      'node_modules/.generated/Ficha.kt': {
        plugins: ['kotlin'],
        config: { package: 'mx.example.ficha', withTypes: true, strictScalars: true, scalars: scalars('String') },
      },
    },
  },
  false,
)
for (const { filename, content } of files) {
  mkdirSync(dirname(filename), { recursive: true })
  writeFileSync(filename, content)
}
