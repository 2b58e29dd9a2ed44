// Writes Kotlin's classes of the schema's inputs and enums, and of its types, into src/generated/Ficha.kt.

import { readFileSync, writeFileSync } from 'node:fs'
import { codegen } from '@graphql-codegen/core'
import * as kotlin from '@graphql-codegen/kotlin'
import { parse } from 'graphql'

const TEXTS = ['DateTime', 'Date', 'Decimal', 'YearMonth', 'RFC', 'PostalCode', 'EmailAddress', 'PhoneNumber', 'UUID', 'URL']

const text = await codegen({
  filename: 'Ficha.kt',
  schema: parse(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')),
  documents: [],
  config: {
    package: 'mx.example.ficha',
    withTypes: true,
    strictScalars: true,
    scalars: Object.fromEntries(TEXTS.map((name) => [name, 'String'])),
  },
  plugins: [{ kotlin: {} }],
  pluginMap: { kotlin },
})
writeFileSync(new URL('src/generated/Ficha.kt', import.meta.url), text)
