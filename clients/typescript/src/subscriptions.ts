// Live updates over a WebSocket: a connection that signs in with a fresh token, comes back by itself, and says when
// something may have been missed.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { createClient, type Client, type ClientOptions } from 'graphql-ws/client'
import type { Ficha } from './request.js'

const INVALID_CREDENTIALS = 4403
const LOST = 'SUBSCRIPTION_LOST'

/** A client of graphql-ws for the server of `ficha`. It connects with the first subscription and leaves after the last. */
export function createSubscriptions(ficha: Ficha, options: Partial<ClientOptions> = {}): Client {
  let refused = false
  return createClient({
    url: ficha.options.url.replace(/^http/, 'ws'),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) => new Promise((again) => setTimeout(again, pauseBefore(retries))),
    ...options,
    connectionParams: async () => ({
      ...(await ficha.options.headers?.()),
      Authorization: `Bearer ${await ficha.options.token(refused)}`,
    }),
    on: {
      ...options.on,
      connected: (...event) => {
        refused = false
        options.on?.connected?.(...event)
      },
      closed: (event) => {
        refused = (event as { code?: number }).code === INVALID_CREDENTIALS
        options.on?.closed?.(event)
      },
    },
  })
}

/** Milliseconds before a connection is tried again: at first one second, at most half a minute, never all at one time. */
const pauseBefore = (retries: number) => Math.min(1000 * 2 ** retries, 30_000) * (0.5 + Math.random() / 2)

export interface Watcher<Data> {
  next: (data: Data) => void
  /** Changes may have been missed: read again. The subscription goes on. */
  lost?: () => void
  error?: (error: unknown) => void
}

/** Subscribes until the returned function is called. */
export function watch<Data, Variables>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: NoInfer<Variables>,
  watcher: Watcher<Data>,
): () => void {
  let stopped = false
  let stop = () => {}
  const begin = () => {
    stop = client.subscribe<Data>(
      { query: print(document), variables: variables as Record<string, unknown> },
      {
        next: ({ data, errors }) => {
          if (data) watcher.next(data)
          else if (errors?.some(({ extensions }) => extensions?.code === LOST)) again()
          else watcher.error?.(errors)
        },
        error: (error) => {
          const errors = Array.isArray(error) ? (error as { extensions?: { code?: string } }[]) : []
          if (errors.some(({ extensions }) => extensions?.code === LOST)) again()
          else watcher.error?.(error)
        },
        complete: () => {},
      },
    )
  }
  const again = () => {
    if (stopped) return
    stop()
    begin()
    watcher.lost?.()
  }
  const forget = client.on('connected', (_socket, _payload, wasRetry) => wasRetry && watcher.lost?.())
  begin()
  return () => {
    stopped = true
    forget()
    stop()
  }
}
