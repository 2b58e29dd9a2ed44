// Composes two subgraphs by each of three composers.
//
// Standard input is JSON: {trial: {name of a subgraph: its SDL}}; the answer is JSON: {trial: {composer: [what it refuses]}}.

import { text } from 'node:stream/consumers'
import { composeServices as byApollo } from '@apollo/composition'
import { composeServices as byTheGuild } from '@theguild/federation-composition'
import { federateSubgraphs } from '@wundergraph/composition'
import { parse } from 'graphql'

const composers = {
  apollo: (services) => byApollo(services).errors,
  theGuild: (services) => byTheGuild(services).errors,
  cosmo: (services) =>
    federateSubgraphs({
      subgraphs: services.map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs })),
      version: '1',
      disableResolvabilityValidation: false,
    }).errors,
}

const answer = {}
for (const [trial, subgraphs] of Object.entries(JSON.parse(await text(process.stdin)))) {
  const services = Object.entries(subgraphs).map(([name, sdl]) => ({ name, url: `http://${name}`, typeDefs: parse(sdl) }))
  answer[trial] = {}
  for (const [name, compose] of Object.entries(composers)) {
    answer[trial][name] = (compose(services) ?? []).map((error) => error.message)
  }
}
console.log(JSON.stringify(answer))
