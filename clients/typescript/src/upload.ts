// Sends a file in three steps (docs/documents.md): announce it, send its parts to the store, make a document of it. What
// was sent is kept as a state, with which an upload goes on after the network, or the page, was away.
import {
  CompleteDocumentUploadDocument,
  PrepareDocumentUploadDocument,
  type CompleteDocumentUploadMutation,
  type PrepareDocumentUploadInput,
  type PrepareDocumentUploadMutation,
} from './generated/operations.js'
import type { Ficha } from './request.js'

type Payload = CompleteDocumentUploadMutation['completeDocumentUpload']
type Announced = NonNullable<PrepareDocumentUploadMutation['prepareDocumentUpload']['documentUpload']>
type Part = Announced['parts'][number]

/** What is known of the document; name, size and SHA-256 are the file's unless stated. */
export type UploadInput = Omit<PrepareDocumentUploadInput, 'name' | 'size'> & { name?: string }

/** As far as an upload has come: JSON, to be kept wherever the app keeps things. It holds for an hour. */
export interface UploadState {
  readonly announced: Announced
  readonly sent: readonly number[]
}

export interface UploadOptions {
  /** Bytes that have arrived, and all of them. */
  onProgress?: (sent: number, total: number) => void
  /** Each time that a part has arrived. */
  onState?: (state: UploadState) => void
  /** Goes on with an upload; a file of another size, or a state that is too old, begins anew. */
  resume?: UploadState | null
  signal?: AbortSignal
}

/** The payload of `completeDocumentUpload`: the document, or the `userErrors` of whichever step had some. */
export async function uploadDocument(
  ficha: Ficha,
  file: Blob & { readonly name?: string },
  input: UploadInput,
  options: UploadOptions = {},
): Promise<Payload> {
  const { onProgress, onState, signal } = options
  const request = signal ? { signal } : {}
  let begun = usable(options.resume, file)
  if (!begun) {
    const sha256 = input.sha256 ?? (await digest(file))
    const stated = { ...input, ...(sha256 ? { sha256 } : {}), name: input.name ?? file.name ?? 'archivo', size: file.size }
    const { prepareDocumentUpload: prepared } = await ficha.request(PrepareDocumentUploadDocument, { input: stated }, request)
    if (!prepared.documentUpload) return { ...prepared, document: null } as Payload
    begun = { announced: prepared.documentUpload, sent: [] }
    onState?.(begun)
  }
  const { announced, sent } = begun
  const arrived = new Set(sent)
  let bytes = 0
  const progress = (more: number) => onProgress?.(Math.min(bytes + more, file.size), file.size)
  for (const { number, size } of announced.parts) if (arrived.has(number)) bytes += size
  progress(0)
  for (const part of announced.parts) {
    if (arrived.has(part.number)) continue
    signal?.throwIfAborted()
    await sendPart(part, file.slice(part.offset, part.offset + part.size), progress, signal)
    arrived.add(part.number)
    bytes += part.size
    onState?.({ announced, sent: [...arrived] })
    progress(0)
  }
  const { completeDocumentUpload } = await ficha.request(CompleteDocumentUploadDocument, { input: { uploadId: announced.id } }, request)
  return completeDocumentUpload
}

const usable = (state: UploadState | null | undefined, file: Blob): UploadState | null =>
  state && state.announced.size === file.size && Date.parse(state.announced.expiresAt) > Date.now() ? state : null

/** Bytes up to which a file is hashed before it is sent: it is read whole for that. */
const MOST_HASHED = 64 * 1024 * 1024

/** The SHA-256 in hexadecimal, with which the file is refused if it was changed on its way; browsers compute none without https. */
async function digest(file: Blob): Promise<string | null> {
  if (!globalThis.crypto?.subtle || file.size > MOST_HASHED) return null
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function sendPart(part: Part, content: Blob, onBytes: (bytes: number) => void, signal?: AbortSignal): Promise<void> {
  const form = new FormData()
  for (const { name, value } of part.fields) form.append(name, value)
  form.append('file', content) // last: the store reads the fields first
  const send = () => (typeof XMLHttpRequest === 'undefined' ? byFetch : byXhr)(part.url, form, onBytes, signal)
  // What the network lost is sent once more; a refusal stands.
  const status = await send().catch(() => (signal?.throwIfAborted(), send()))
  if (status < 200 || status > 299) throw new Error(`The store answered part ${part.number} with status ${status}`)
}

async function byFetch(url: string, body: FormData, _: unknown, signal?: AbortSignal): Promise<number> {
  return (await fetch(url, { method: 'POST', body, signal: signal ?? null })).status
}

/** `fetch` does not say how much has been sent. */
function byXhr(url: string, body: FormData, onBytes: (bytes: number) => void, signal?: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.upload.onprogress = ({ loaded }) => onBytes(loaded)
    request.onload = () => resolve(request.status)
    request.onerror = () => reject(new TypeError('The store could not be reached'))
    request.onabort = () => reject(signal?.reason)
    signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.open('POST', url)
    request.send(body)
  })
}
