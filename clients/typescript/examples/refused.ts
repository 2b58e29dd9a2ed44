// What becomes of a request that a server refuses: a token that has ended, and a server that is busy.
import { createFicha, DeleteContactDocument, uploadDocument, type UploadState } from 'ficha-client'

const answers = [
  new Response('{}', { status: 401 }),
  new Response('{}', { status: 503, headers: { 'Retry-After': '0' } }),
  Response.json({ data: { deleteContact: { userErrors: [] } } }),
]
const sent: Headers[] = []
const bodies: string[] = []
const ficha = createFicha({
  url: 'https://ficha.example/graphql',
  token: (refused) => (refused ? 'new' : 'old'),
  headers: () => ({ 'X-Ficha-Company': 'com_1' }),
  fetch: async (_url, init) => (sent.push(new Headers(init?.headers)), bodies.push(String(init?.body)), answers.shift() ?? Response.error()),
})
await ficha.request(DeleteContactDocument, { input: { id: 'con_1' } })

// An upload that is kept for too long is announced anew.
const late = { announced: { id: '1', name: 'a', size: 3, expiresAt: '2026-01-01T00:00:00Z', parts: [] }, sent: [] }
const refusal = { code: 'FILE_TOO_LARGE', message: '', path: ['size'] }
answers.push(Response.json({ data: { prepareDocumentUpload: { documentUpload: null, userErrors: [refusal], warnings: [] } } }))
const resume = late as unknown as UploadState
const { document, userErrors } = await uploadDocument(ficha, new File(['abc'], 'a.txt'), { clientId: 'cli_1', kind: 'OTHER' }, { resume })

// A part that the network loses is sent once more, and the file's SHA-256 goes with it.
const part = { number: 1, offset: 0, size: 3, url: 'https://store.example', fields: [] }
const announced = { ...late.announced, parts: [part] }
answers.push(Response.json({ data: { prepareDocumentUpload: { documentUpload: announced, userErrors: [], warnings: [] } } }))
answers.push(Response.json({ data: { completeDocumentUpload: { document: { id: 'fil_1' }, userErrors: [], warnings: [] } } }))
let tries = 0
globalThis.fetch = async () => ((tries += 1) < 2 ? Promise.reject(new TypeError('lost')) : new Response(null, { status: 204 }))
const uploaded = await uploadDocument(ficha, new File(['abc'], 'a.txt'), { clientId: 'cli_1', kind: 'OTHER' })
const stated = JSON.parse(bodies.at(-2) ?? '{}').variables.input
console.log(
  JSON.stringify({
    tokens: sent.slice(0, 3).map((headers) => headers.get('Authorization')),
    keys: new Set(sent.slice(0, 3).map((headers) => headers.get('Idempotency-Key'))).size,
    companies: [...new Set(sent.map((headers) => headers.get('X-Ficha-Company')))],
    document,
    codes: userErrors.map(({ code }) => code),
    uploaded: uploaded.document?.id,
    tries,
    sha256: stated.sha256,
  }),
)
