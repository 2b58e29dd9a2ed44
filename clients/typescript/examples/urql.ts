// With urql and its normalised cache: two pages of the history make one list, and a second reading asks nobody.
import { cacheExchange } from '@urql/exchange-graphcache'
import { Client, fetchExchange } from '@urql/core'
import { ClientHeaderDocument, ClientHistoryDocument, createFicha } from 'ficha-client'
import { cacheOptions } from 'ficha-client/urql'

const { FICHA_URL = '', FICHA_TOKEN = '', CLIENT = '' } = process.env
const ficha = createFicha({ url: FICHA_URL, token: () => FICHA_TOKEN })
let requests = 0
const urql = new Client({
  url: FICHA_URL,
  preferGetMethod: false,
  fetch: (...request) => ((requests += 1), ficha.fetch(...request)),
  exchanges: [cacheExchange(cacheOptions()), fetchExchange],
})

const read = () => urql.query(ClientHeaderDocument, { id: CLIENT }).toPromise()
const { data, error } = await read()
if (error) throw error
await read()
const page = (after: string | null) => urql.query(ClientHistoryDocument, { id: CLIENT, first: 5, after }).toPromise()
const first = await page(null)
const second = await page(first.data?.client?.history?.pageInfo.endCursor ?? null)
console.log(
  JSON.stringify({ name: data?.client?.legalName, events: second.data?.client?.history?.nodes.length, requests }),
)
