// With Apollo Client: two pages of the history make one list, and a record is one, whichever query read it.
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client'
import { ClientHeaderDocument, ClientHistoryDocument, createFicha } from 'ficha-client'
import { cacheConfig } from 'ficha-client/apollo'

const { FICHA_URL = '', FICHA_TOKEN = '', CLIENT = '' } = process.env
const ficha = createFicha({ url: FICHA_URL, token: () => FICHA_TOKEN })
const apollo = new ApolloClient({
  link: new HttpLink({ uri: FICHA_URL, fetch: ficha.fetch }),
  cache: new InMemoryCache(cacheConfig()),
})

const { data } = await apollo.query({ query: ClientHeaderDocument, variables: { id: CLIENT } })
const variables = { id: CLIENT, first: 5 }
const first = await apollo.query({ query: ClientHistoryDocument, variables })
const history = apollo.watchQuery({ query: ClientHistoryDocument, variables })
await history.fetchMore({ variables: { after: first.data?.client?.history?.pageInfo.endCursor ?? null } })
const pages = apollo.readQuery({ query: ClientHistoryDocument, variables })
console.log(
  JSON.stringify({
    name: data?.client?.legalName,
    events: pages?.client?.history?.nodes.length,
    records: Object.keys(apollo.extract() as object).filter((key) => key === `Client:${CLIENT}`).length,
  }),
)
process.exit()
