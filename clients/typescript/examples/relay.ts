// With Relay: a record that one query has read is there for the next. Relay's compiler writes the queries of an app; here
// one is written by hand.
import { createFicha } from 'ficha-client'
import { createEnvironment, missingFieldHandlers } from 'ficha-client/relay'
import { Observable, type RequestParameters } from 'relay-runtime'

const { FICHA_URL = '', FICHA_TOKEN = '', CLIENT = '' } = process.env
const ficha = createFicha({ url: FICHA_URL, token: () => FICHA_TOKEN })
const environment = createEnvironment(ficha)
const text = 'query Name($id: ID!) { client(id: $id) { id legalName } }'
const operation: RequestParameters = {
  name: 'Name', operationKind: 'query', text, id: null, cacheID: 'Name', metadata: {},
}
const response = environment.getNetwork().execute(operation, { id: CLIENT }, { force: true })
const answer = (await Observable.from(response).toPromise()) as { data?: { client?: { legalName: string } } } | undefined
console.log(JSON.stringify({ name: answer?.data?.client?.legalName, handlers: missingFieldHandlers.length }))
