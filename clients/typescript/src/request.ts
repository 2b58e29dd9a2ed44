// Requests without a cache, and what the clients with one need from a transport: the token, the language, the repeats.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'

export interface FichaOptions {
  /** The endpoint, as `https://api.example.mx/graphql`. */
  url: string
  /** The bearer token. `refused` is true where the last one was: then a new one is needed. */
  token: (refused: boolean) => string | Promise<string>
  /** Headers of each request and connection besides, as `X-Ficha-Company` of who works in several companies. */
  headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
  /** The language of labels and messages; that of the collaborator where it is not stated. */
  language?: 'es' | 'en'
  /** How often a request is sent again that the server could not answer (429, 503), 3 unless stated. */
  repeats?: number
  fetch?: typeof fetch
}

export interface RequestOptions {
  /** Of a mutation: sent again with the same key it is done once. Made up where none is stated. */
  idempotencyKey?: string
  signal?: AbortSignal
}

/** One error of GraphQL, or a response without data. */
export interface ErrorEntry {
  message: string
  path?: readonly (string | number)[]
  extensions?: { code?: string; [name: string]: unknown }
}

/** The server answered with errors. `data` is what it could answer beside them. */
export class FichaError extends Error {
  override name = 'FichaError'

  constructor(
    readonly errors: readonly ErrorEntry[],
    readonly status: number,
    readonly requestId: string | null,
    readonly data: unknown = null,
  ) {
    super(errors[0]?.message ?? `HTTP status ${status}`)
  }

  /** The code of the first error, as `UNAUTHENTICATED`: the program's word for what happened. */
  get code(): string {
    return this.errors[0]?.extensions?.code ?? 'INTERNAL'
  }
}

export interface Ficha {
  readonly options: FichaOptions
  /** The data of an operation. Throws FichaError where there are errors; `userErrors` of a mutation are data. */
  request<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: NoInfer<Variables>,
    options?: RequestOptions,
  ): Promise<Data>
  /** `fetch` with the token, the language and a key for mutations, for the transport of a client with a cache. Repeats as `request`. */
  fetch: typeof fetch
}

const RETRYABLE = new Set([429, 503])
const LONGEST_PAUSE = 30

export function createFicha(options: FichaOptions): Ficha {
  const send = options.fetch ?? globalThis.fetch
  // Where the last mutation wrote: sent back, so that what is read next is no older, whichever replica answers.
  let position: string | null = null

  const authorized: typeof fetch = async (input, init) => {
    // One for all repeats; Ficha reads it of mutations alone. Browsers make none up on a page without https.
    const key = init?.method === 'POST' && 'randomUUID' in crypto ? crypto.randomUUID() : null
    let refused = false
    for (let repeat = 0; ; repeat += 1) {
      const headers = new Headers({ ...(await options.headers?.()), ...Object.fromEntries(new Headers(init?.headers)) })
      headers.set('Authorization', `Bearer ${await options.token(refused)}`)
      if (options.language) headers.set('Accept-Language', options.language)
      if (key && !headers.has('Idempotency-Key')) headers.set('Idempotency-Key', key)
      if (position) headers.set('X-Ficha-Position', position)
      const response = await send(input, { ...init, headers })
      position = response.headers.get('X-Ficha-Position') ?? position
      if (response.status === 401 && !refused) {
        refused = true
        repeat -= 1
      } else if (RETRYABLE.has(response.status) && repeat < (options.repeats ?? 3)) {
        await pause(Number(response.headers.get('Retry-After') ?? 1), init?.signal)
      } else {
        return response
      }
    }
  }

  return {
    options,
    fetch: authorized,
    async request(document, variables, { idempotencyKey, signal } = {}) {
      const query = print(document)
      const headers: Record<string, string> = {
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json;q=0.9',
      }
      if (idempotencyKey) headers['Idempotency-Key'] = idempotencyKey
      const response = await authorized(options.url, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query, variables }),
        signal: signal ?? null,
      })
      const id = response.headers.get('X-Request-Id')
      const body = (await response.json().catch(() => ({}))) as { data?: unknown; errors?: ErrorEntry[] }
      if (body.errors?.length || body.data == null) {
        throw new FichaError(body.errors ?? [], response.status, id, body.data)
      }
      return body.data as never
    },
  }
}

const pause = (seconds: number, signal?: AbortSignal | null) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * Math.min(Number.isFinite(seconds) ? seconds : 1, LONGEST_PAUSE))
    signal?.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)), { once: true })
  })
