// Sends a file, and the page is closed after the first part: the upload goes on with what was kept of it.
import { createFicha, uploadDocument, type UploadState } from 'ficha-client'

const { FICHA_URL = '', FICHA_TOKEN = '', CLIENT = '', SIZE = '' } = process.env
const ficha = createFicha({ url: FICHA_URL, token: () => FICHA_TOKEN })
const file = new File([new Uint8Array(Number(SIZE)).fill(97)], 'bitácora.txt')
const input = { clientId: CLIENT, kind: 'OTHER' } as const

let kept: UploadState | null = null
await uploadDocument(ficha, file, input, {
  onState: (state) => {
    kept = JSON.parse(JSON.stringify(state)) as UploadState
    if (state.sent.length === 1) throw new Error('The page was closed')
  },
}).catch(() => {})

const before = (kept as UploadState | null)?.sent.length
const shares: number[] = []
const { document, userErrors } = await uploadDocument(ficha, file, input, {
  resume: kept,
  onProgress: (sent, total) => shares.push(Math.round((100 * sent) / total)),
})
console.log(JSON.stringify({ name: document?.name, size: document?.size, userErrors, before, shares }))
