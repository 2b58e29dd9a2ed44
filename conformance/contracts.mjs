// Composes a supergraph without what carries some tags, by each of three composers: what its clients see, and what a
// router that enforces access asks for.
//
// Standard input is JSON: {documents: {name: text}, trials: {trial: {sdl, exclude: [tag]}}}; the answer is JSON:
// {trial: {composer: {refused: [message], fields: {type: [field]} that clients see, invalid: [name of a document],
// asks: {directive: {coordinate: its lists}}}}}. Apollo's composer has no contracts of its own; the tags are then
// applied by The Guild's.

import { text } from 'node:stream/consumers'
import { composeServices as byApollo } from '@apollo/composition'
import { applyTagFilterOnSubgraphs, composeSchemaContract } from '@theguild/federation-composition'
import { federateSubgraphs, federateSubgraphsContract, newContractTagOptionsFromArrays } from '@wundergraph/composition'
import { buildASTSchema, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, parse, validate } from 'graphql'

const fieldsOf = (schema) => {
  const fields = {}
  for (const type of Object.values(schema.getTypeMap())) {
    const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)
    if (hasFields && !isIntrospectionType(type)) fields[type.name] = Object.keys(type.getFields()).sort()
  }
  return fields
}

const plain = (node) => (node.kind === 'ListValue' ? node.values.map(plain) : node.value)

// What the supergraph's own directives say.
const asksOf = (supergraph) => {
  const asks = { authenticated: {}, requiresScopes: {}, policy: {} }
  const take = (coordinate, node) => {
    for (const { name, arguments: lists } of node.directives ?? []) {
      if (name.value in asks) asks[name.value][coordinate] = lists?.length ? plain(lists[0].value) : true
    }
  }
  for (const definition of supergraph.definitions) {
    if (!definition.name) continue
    take(definition.name.value, definition)
    for (const field of definition.fields ?? []) take(`${definition.name.value}.${field.name.value}`, field)
  }
  return asks
}

const composers = {
  apollo(services, filter) {
    const { errors, schema, supergraphSdl } = byApollo(applyTagFilterOnSubgraphs(services, filter))
    return { errors, clients: () => schema.toAPISchema().toGraphQLJSSchema(), supergraph: () => parse(supergraphSdl) }
  },
  theGuild(services, filter) {
    const { errors, publicSdl, supergraphSdl } = composeSchemaContract(services, filter)
    return { errors, clients: () => buildASTSchema(parse(publicSdl)), supergraph: () => parse(supergraphSdl) }
  },
  cosmo(services, { exclude }) {
    const subgraphs = services.map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs }))
    const contractTagOptions = newContractTagOptionsFromArrays([...exclude], [])
    const result = exclude.size
      ? federateSubgraphsContract({ subgraphs, version: '1', contractTagOptions })
      : federateSubgraphs({ subgraphs, version: '1', disableResolvabilityValidation: false })
    return { errors: result.errors, clients: () => result.federatedGraphClientSchema, supergraph: () => result.federatedGraphAST }
  },
}

const answer = {}
const { documents, trials } = JSON.parse(await text(process.stdin))
for (const [trial, { sdl, exclude }] of Object.entries(trials)) {
  const services = [{ name: 'ficha', url: 'http://ficha', typeDefs: parse(sdl) }]
  answer[trial] = {}
  for (const [name, compose] of Object.entries(composers)) {
    const { errors, clients, supergraph } = compose(services, { include: new Set(), exclude: new Set(exclude) })
    const refused = (errors ?? []).map((error) => error.message)
    answer[trial][name] = { refused }
    if (refused.length) continue
    const schema = clients()
    const invalid = Object.keys(documents).filter((each) => validate(schema, parse(documents[each])).length)
    Object.assign(answer[trial][name], { fields: fieldsOf(schema), invalid, asks: asksOf(supergraph()) })
  }
}
console.log(JSON.stringify(answer))
