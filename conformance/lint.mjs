// Lints the schema and the operations by graphql-eslint's rules and prints what it complains about, a line each.
// Usage: node lint.mjs SCHEMA.graphql OPERATIONS

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import graphql from '@graphql-eslint/eslint-plugin'
import { ESLint } from 'eslint'

const [schema, operations] = process.argv.slice(2).map((path) => resolve(path))
const rules = (names) => Object.fromEntries(names.map((name) => [`@graphql-eslint/${name}`, 'error']))

const eslint = new ESLint({
  cwd: resolve(schema, '..'),
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.graphql'],
      plugins: { '@graphql-eslint': graphql },
      languageOptions: {
        parser: graphql.parser,
        parserOptions: { graphQLConfig: { schema, documents: `${operations}/*.graphql` } },
      },
    },
    {
      files: ['schema.graphql'],
      rules: {
        ...rules([
          'no-hashtag-description',
          'no-unreachable-types',
          'relay-arguments',
          'relay-connection-types',
          'relay-page-info',
          'require-deprecation-reason',
          'require-nullable-fields-with-oneof',
          'unique-enum-value-names',
        ]),
        // Contacts, addresses and accounts are few: lists, not connections.
        '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
        '@graphql-eslint/naming-convention': [
          'error',
          {
            types: 'PascalCase',
            FieldDefinition: 'camelCase',
            InputValueDefinition: 'camelCase',
            Argument: 'camelCase',
            DirectiveDefinition: 'camelCase',
            EnumValueDefinition: 'UPPER_CASE',
          },
        ],
        '@graphql-eslint/require-description': [
          'error',
          { types: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true, rootField: true,
            // Strawberry prints no descriptions there.
            ignoredSelectors: ['DirectiveDefinition InputValueDefinition'],
          },
        ],
      },
    },
    {
      files: ['operations/*.graphql'],
      rules: {
        ...rules(['no-anonymous-operations', 'no-deprecated', 'no-duplicate-fields', 'unique-operation-name']),
      },
    },
  ],
})
// A line of a statement of account is computed for its days and has no identity to be asked for by: it is no Node.
const typeOf = readFileSync(schema, 'utf8').split('\n').reduce((types, text) =>
  [...types, /^type (\w+)/.exec(text)?.[1] ?? types.at(-1)], [])
const isNoNode = ({ line, ruleId }) =>
  ruleId === '@graphql-eslint/relay-edge-types' && typeOf[line - 1] === 'AccountStatementLineEdge'

for (const { filePath, messages } of await eslint.lintFiles([schema, `${operations}/*.graphql`]))
  for (const { line, message, ruleId } of messages.filter((each) => filePath !== schema || !isNoNode(each)))
    console.log(`${filePath}:${line}: ${message} (${ruleId})`)
