// Copies the canonical operations into modules as Relay wants them: an operation and its fragments are named after their
// module. A Relay app renames what it copies from operations/ in the same way; other clients take the files as they are.
// Usage: node relay-modules.mjs OPERATIONS TARGET

import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Kind, parse, print, visit } from 'graphql'

const [operations, target] = process.argv.slice(2)
rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const file of globSync('**/*.graphql', { cwd: operations })) {
  const module = basename(file, '.graphql').replace(/_(\w)/g, (_, letter) => letter.toUpperCase())
  const renamed = (node) => ({ ...node, name: { ...node.name, value: `${module}_${node.name.value}` } })
  const document = visit(parse(readFileSync(join(operations, file), 'utf8')), {
    [Kind.OPERATION_DEFINITION]: (node) => ({
      ...node,
      name: { ...node.name, value: module + node.operation[0].toUpperCase() + node.operation.slice(1) },
    }),
    [Kind.FRAGMENT_DEFINITION]: renamed,
    [Kind.FRAGMENT_SPREAD]: renamed,
  })
  const tags = document.definitions.map((each) => `graphql\`\n${print(each)}\n\``)
  writeFileSync(join(target, `${module}.ts`), `import { graphql } from 'relay-runtime'\n\n${tags.join('\n\n')}\n`)
}
