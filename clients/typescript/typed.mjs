// Writes GraphQL operations as TypeScript: each as a typed document of `src/document.ts`, with the types of its answer,
// its variables and its fragments, and the enums and inputs that they name.

const TEXTS = new Set([
  'ID', 'String', 'DateTime', 'Date', 'Decimal', 'YearMonth', 'RFC', 'PostalCode', 'EmailAddress', 'PhoneNumber', 'UUID', 'URL',
])
const SCALARS = { Boolean: 'boolean', Int: 'number', Float: 'number' }

/** The module's text. `graphql` is the package, `documents` are the parsed operations with the text of their file. */
export function typedDocuments(graphql, schema, documents) {
  const {
    getOperationRootType, isAbstractType, isEnumType, isListType, isNonNullType, isScalarType, Kind, stripIgnoredCharacters,
    typeFromAST, validate,
  } = graphql
  const declared = new Map() // enums and inputs that some operation names: name -> declaration

  /** The TypeScript of a leaf or an input. */
  function leaf(type) {
    if (isScalarType(type)) return TEXTS.has(type.name) ? 'string' : (SCALARS[type.name] ?? 'unknown')
    if (!declared.has(type.name)) {
      declared.set(type.name, '') // first, since inputs may name themselves
      declared.set(type.name, isEnumType(type) ? enumeration(type) : input(type))
    }
    return type.name
  }

  const enumeration = (type) =>
    `export type ${type.name} = ${type.getValues().map(({ name }) => `'${name}'`).join(' | ')}`

  const optional = (type, hasDefault) => (isNonNullType(type) && !hasDefault ? '' : '?')

  const input = (type) =>
    `export type ${type.name} = ${braces(
      Object.values(type.getFields()).map(
        ({ name, type: of, defaultValue }) => `${name}${optional(of, defaultValue !== undefined)}: ${wrapped(of, leaf)}`,
      ),
    )}`

  const braces = (lines) => (lines.length ? `{ ${lines.join('; ')} }` : 'Record<string, never>')

  /** `of` the named type, within the lists and nulls that `type` wraps it in. */
  const wrapped = (type, of) => (isNonNullType(type) ? inner(type.ofType, of) : `${inner(type, of)} | null`)
  const inner = (type, of) => (isListType(type) ? `readonly (${wrapped(type.ofType, of)})[]` : of(type))

  /** What a selection says of one concrete type: response key -> { field, selections }. */
  function collect(selections, type, fragments, into = new Map()) {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value
        const field = node.name.value === '__typename' ? null : type.getFields()[node.name.value]
        const before = into.get(key) ?? { field, selections: [] }
        before.selections.push(...(node.selectionSet?.selections ?? []))
        into.set(key, before)
      } else {
        const part = node.kind === Kind.FRAGMENT_SPREAD ? fragments.get(node.name.value) : node
        const condition = part.typeCondition ? schema.getType(part.typeCondition.name.value) : type
        const holds = condition === type || (isAbstractType(condition) && schema.isSubType(condition, type))
        if (holds) collect(part.selectionSet.selections, type, fragments, into)
      }
    }
    return into
  }

  /** The type of what is selected from `type`: one shape, or of an interface one for each type that differs. */
  function shape(selections, type, fragments) {
    if (!isAbstractType(type)) return object(collect(selections, type, fragments), [type.name], fragments)
    const shapes = new Map() // its text without the name -> types
    for (const each of schema.getPossibleTypes(type)) {
      const text = object(collect(selections, each, fragments), null, fragments)
      shapes.set(text, [...(shapes.get(text) ?? []), each])
    }
    return [...shapes.values()]
      .map((types) => object(collect(selections, types[0], fragments), types.map(({ name }) => name), fragments))
      .join(' | ')
  }

  /** An object's fields; `names` are what its `__typename` may be, null where only the rest counts. */
  function object(fields, names, fragments) {
    return braces(
      [...fields].map(([key, { field, selections }]) => {
        if (!field) return `${key}: ${names?.map((name) => `'${name}'`).join(' | ') ?? 'string'}`
        return `${key}: ${wrapped(field.type, (type) => (selections.length ? shape(selections, type, fragments) : leaf(type)))}`
      }),
    )
  }

  function written({ location, text, document }) {
    const [error] = validate(schema, document)
    if (error) throw new Error(`error: ${location}: ${error.message}`)
    const [operation] = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    const parts = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
    const fragments = new Map(parts.map((each) => [each.name.value, each]))
    const name = operation.name.value
    const data = `${name}${{ query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }[operation.operation]}`
    const variables = (operation.variableDefinitions ?? []).map(({ variable, type: node, defaultValue }) => {
      const type = typeFromAST(schema, node)
      return `${variable.name.value}${optional(type, defaultValue)}: ${wrapped(type, leaf)}`
    })
    return [
      ...parts.map((part) => {
        const type = schema.getType(part.typeCondition.name.value)
        return `export type ${part.name.value}Fragment = ${shape(part.selectionSet.selections, type, fragments)}`
      }),
      `export type ${data} = ${shape(operation.selectionSet.selections, getOperationRootType(schema, operation), fragments)}`,
      `export type ${data}Variables = ${braces(variables)}`,
      `export const ${name}Document = /*#__PURE__*/ typed<${data}, ${data}Variables>(${JSON.stringify(stripIgnoredCharacters(text))})`,
    ].join('\n')
  }

  const operations = documents.map(written)
  return ["import { typed } from '../document.js'", ...declared.values(), ...operations, ''].join('\n\n')
}
