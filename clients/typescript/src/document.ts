// A document as its text, which is a quarter of the tree that clients read: it is parsed when one first looks at it.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { parse, type DefinitionNode } from 'graphql'

export function typed<Data, Variables>(text: string): TypedDocumentNode<Data, Variables> {
  const define = (definitions: readonly DefinitionNode[]) =>
    Object.defineProperty(document, 'definitions', { value: definitions, enumerable: true, writable: true, configurable: true })
  const document = {
    kind: 'Document',
    loc: { start: 0, end: text.length, source: { body: text, name: 'GraphQL request', locationOffset: { line: 1, column: 1 } } },
    get definitions() {
      const { definitions } = parse(text)
      define(definitions)
      return definitions
    },
  }
  return document as unknown as TypedDocumentNode<Data, Variables>
}
