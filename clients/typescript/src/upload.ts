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

/** What is known of the document; name, size and type are the file's unless stated. */
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
    const stated = { ...input, name: input.name ?? file.name ?? 'archivo', size: file.size }
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

async function sendPart(part: Part, content: Blob, onBytes: (bytes: number) => void, signal?: AbortSignal): Promise<void> {
  const form = new FormData()
  for (const { name, value } of part.fields) form.append(name, value)
  form.append('file', content) // last: the store reads the fields first
  const status = await (typeof XMLHttpRequest === 'undefined' ? byFetch : byXhr)(part.url, form, onBytes, signal)
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
