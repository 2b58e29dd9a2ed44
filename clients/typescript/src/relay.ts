// Relay's environment: a network that speaks to Ficha, and how a record is found that another query has read already.
import {
  Environment,
  Network,
  RecordSource,
  Store,
  type FetchFunction,
  type MissingFieldHandler,
} from 'relay-runtime'
import { BY_ID } from './generated/schema.js'
import type { Ficha } from './request.js'

export function fetchFunction(ficha: Ficha): FetchFunction {
  return async (operation, variables) => {
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
    const response = await ficha.fetch(ficha.options.url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: operation.text, variables }),
    })
    return response.json()
  }
}

/** `client(id:)`, `node(id:)` and their like lead to a record of the store: ids are global. */
export const missingFieldHandlers: MissingFieldHandler[] = [
  {
    kind: 'linked',
    handle(field, record, args) {
      const id: unknown = (args as { id?: unknown } | null)?.id
      return record?.getType() === '__Root' && BY_ID.includes(field.name) && typeof id === 'string' ? id : undefined
    },
  },
]

export function createEnvironment(ficha: Ficha): Environment {
  return new Environment({
    network: Network.create(fetchFunction(ficha)),
    store: new Store(new RecordSource()),
    missingFieldHandlers,
  })
}
