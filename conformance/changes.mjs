// Prints the changes from one schema to another that break clients, as graphql-inspector sees them, as a list of JSON.
// Usage: node changes.mjs OLD.graphql NEW.graphql

import { readFileSync } from 'node:fs'
import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'

const [before, after] = process.argv.slice(2).map((file) => buildSchema(readFileSync(file, 'utf8')))
const changes = await diff(before, after)
const breaking = changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking)
console.log(JSON.stringify(breaking.map((change) => change.message)))
