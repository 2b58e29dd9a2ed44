// What becomes of a request that a server refuses: a token that has ended, and a server that is busy.
import { createFicha, DeleteContactDocument, uploadDocument, type UploadState } from 'ficha-client'

const answers = [
  new Response('{}', { status: 401 }),
  new Response('{}', { status: 503, headers: { 'Retry-After': '0' } }),
  Response.json({ data: { deleteContact: { userErrors: [] } } }),
]
const sent: Headers[] = []
const ficha = createFicha({
  url: 'https://ficha.example/graphql',
  token: (refused) => (refused ? 'new' : 'old'),
  fetch: async (_url, init) => (sent.push(new Headers(init?.headers)), answers.shift() ?? Response.error()),
})
await ficha.request(DeleteContactDocument, { input: { id: 'con_1' } })

// An upload that is kept for too long is announced anew.
const late = { announced: { id: '1', name: 'a', size: 3, expiresAt: '2026-01-01T00:00:00Z', parts: [] }, sent: [] }
const refusal = { code: 'FILE_TOO_LARGE', message: '', path: ['size'] }
answers.push(Response.json({ data: { prepareDocumentUpload: { documentUpload: null, userErrors: [refusal], warnings: [] } } }))
const resume = late as unknown as UploadState
const { document, userErrors } = await uploadDocument(ficha, new File(['abc'], 'a.txt'), { clientId: 'cli_1', kind: 'OTHER' }, { resume })
console.log(
  JSON.stringify({
    tokens: sent.slice(0, 3).map((headers) => headers.get('Authorization')),
    keys: new Set(sent.slice(0, 3).map((headers) => headers.get('Idempotency-Key'))).size,
    document,
    codes: userErrors.map(({ code }) => code),
  }),
)
