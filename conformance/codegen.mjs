// Generates the types of the canonical operations, as apps written in TypeScript do, into node_modules/.generated/.
// Usage: node codegen.mjs SCHEMA.graphql OPERATIONS

import { mkdirSync, writeFileSync } from 'node:fs'
import { generate } from '@graphql-codegen/cli'

const [schema, operations] = process.argv.slice(2)
mkdirSync('node_modules/.generated', { recursive: true })
const [file] = await generate(
  {
    schema,
    documents: `${operations}/*.graphql`,
    silent: true,
    generates: {
      'node_modules/.generated/operations.ts': {
        plugins: ['typescript-operations', 'typed-document-node'],
        config: { strictScalars: true, defaultScalarType: 'unknown', scalars: Object.fromEntries(
          ['DateTime', 'Date', 'Decimal', 'YearMonth', 'RFC', 'PostalCode', 'EmailAddress', 'PhoneNumber', 'UUID', 'URL'].map(
            (name) => [name, 'string'],
          ),
        ) },
      },
    },
  },
  false,
)
writeFileSync(file.filename, file.content)
console.log(file.content.length)
