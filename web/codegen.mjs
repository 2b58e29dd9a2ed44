// Writes src/api/operations.ts: each operation of ../operations as a typed document, the enums and inputs that they
// name, and how the cache finds the records. `node codegen.mjs` needs the schema beside it and no network.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import {
  buildSchema, getOperationRootType, isAbstractType, isEnumType, isListType,
  isNonNullType, isObjectType, isScalarType, parse, stripIgnoredCharacters, typeFromAST, validate,
} from 'graphql';

const ROOT = new URL('../', import.meta.url);
const FOLDERS = ['operations/', 'operations/mutations/', 'operations/subscriptions/'];
const OUT = new URL('src/api/operations.ts', import.meta.url);
const NUMBERS = new Set(['Int', 'Float']);

const schema = buildSchema(readFileSync(new URL('schema.graphql', ROOT), 'utf8'), { assumeValidSDL: true });
const named = new Map(); // enums and inputs that some operation names: name -> declaration

/** The TypeScript of a leaf or an input. */
function leaf(type) {
  if (isScalarType(type)) return type.name === 'Boolean' ? 'boolean' : NUMBERS.has(type.name) ? 'number' : 'string';
  if (!named.has(type.name)) {
    named.set(type.name, ''); // first, since inputs may name themselves
    named.set(type.name, isEnumType(type) ? enumeration(type) : input(type));
  }
  return type.name;
}

const enumeration = (type) =>
  `export type ${type.name} = ${type.getValues().map(({ name }) => `'${name}'`).join(' | ')};`;

function input(type) {
  const fields = Object.values(type.getFields()).map((field) => {
    const optional = isNonNullType(field.type) && field.defaultValue === undefined ? '' : '?';
    return `  ${field.name}${optional}: ${wrapped(field.type, leaf)};`;
  });
  return `export interface ${type.name} {\n${fields.join('\n')}\n}`;
}

/** `of` the named type, within the lists and nulls that `type` wraps it in. */
function wrapped(type, of) {
  if (isNonNullType(type)) return inner(type.ofType, of);
  return `${inner(type, of)} | null`;
}

const inner = (type, of) =>
  isListType(type) ? `readonly (${wrapped(type.ofType, of)})[]` : of(type);

/** What a selection says of one concrete type: response key -> { type, selections }. */
function collect(selectionSet, type, fragments, into = new Map()) {
  for (const node of selectionSet.selections) {
    if (node.kind === 'Field') {
      const key = node.alias?.value ?? node.name.value;
      const field = node.name.value === '__typename' ? null : type.getFields()[node.name.value];
      const before = into.get(key) ?? { field, selections: [] };
      if (node.selectionSet) before.selections.push(...node.selectionSet.selections);
      into.set(key, before);
    } else {
      const part = node.kind === 'FragmentSpread' ? fragments.get(node.name.value) : node;
      const condition = part.typeCondition ? schema.getType(part.typeCondition.name.value) : type;
      const holds = condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
      if (holds) collect(part.selectionSet, type, fragments, into);
    }
  }
  return into;
}

/** The type of what is selected from `type`: one shape, or of an interface one for each type that differs. */
function shape(selectionSet, type, fragments) {
  if (!isAbstractType(type)) return object(collect(selectionSet, type, fragments), [type.name], fragments);
  const shapes = new Map(); // text without the name -> names of types
  for (const each of schema.getPossibleTypes(type)) {
    const text = object(collect(selectionSet, each, fragments), null, fragments);
    shapes.set(text, [...(shapes.get(text) ?? []), each]);
  }
  return [...shapes.values()]
    .map((types) => object(collect(selectionSet, types[0], fragments), types.map(({ name }) => name), fragments))
    .join(' | ');
}

/** An object's fields; `names` are what its `__typename` may be, null where only the rest counts. */
function object(fields, names, fragments) {
  const lines = [...fields].map(([key, { field, selections }]) => {
    if (!field) return names ? `${key}: ${names.map((name) => `'${name}'`).join(' | ')}` : `${key}: string`;
    const of = (type) =>
      selections.length ? shape({ selections }, type, fragments) : leaf(type);
    return `${key}: ${wrapped(field.type, of)}`;
  });
  return `{ ${lines.join('; ')} }`;
}

function typedDocument(file, text) {
  const document = parse(text);
  const errors = validate(schema, document);
  if (errors.length) throw new Error(`${file}: ${errors[0].message}`);
  const operation = document.definitions.find(({ kind }) => kind === 'OperationDefinition');
  const fragments = new Map(
    document.definitions.filter(({ kind }) => kind === 'FragmentDefinition').map((each) => [each.name.value, each]),
  );
  const name = operation.name.value;
  const root = getOperationRootType(schema, operation);
  const variables = (operation.variableDefinitions ?? []).map((each) => {
    const type = typeFromAST(schema, each.type);
    const optional = isNonNullType(type) && !each.defaultValue ? '' : '?';
    return `${each.variable.name.value}${optional}: ${wrapped(type, leaf)}`;
  });
  const data = `${name}Data`;
  return [
    `export type ${data} = ${shape(operation.selectionSet, root, fragments)};`,
    `export type ${name}Variables = { ${variables.join('; ')} };`,
    `export const ${name} = typed<${data}, ${name}Variables>(${JSON.stringify(stripIgnoredCharacters(text))});`,
  ].join('\n');
}

/** Types that the cache does not find by an `id`: by what it does, or null where they are part of another record. */
function cacheKeys() {
  const keys = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__') && !type.getFields().id)
    .map(({ name }) => name)
    .filter((name) => !['Query', 'Mutation', 'Subscription'].includes(name));
  return `export const EMBEDDED: readonly string[] = ${JSON.stringify(keys.sort())};`;
}

const documents = FOLDERS.flatMap((folder) =>
  readdirSync(new URL(folder, ROOT))
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => typedDocument(file, readFileSync(new URL(folder + file, ROOT), 'utf8'))),
);
mkdirSync(new URL('.', OUT), { recursive: true });
writeFileSync(
  OUT,
  [
    '// Written by codegen.mjs from operations/ and schema.graphql; not committed.',
    "import { typed } from './typed';",
    ...[...named.values()],
    cacheKeys(),
    ...documents,
    '',
  ].join('\n\n'),
);
