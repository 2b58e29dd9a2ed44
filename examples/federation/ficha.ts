// Where Ficha is, and what it reads of a client's request besides the body: a gateway hands it on.

export const FICHA_URL = process.env.URL_OF_FICHA ?? 'http://127.0.0.1:8000/graphql'
export const FORWARDED = [
  'authorization',
  'x-ficha-company',
  'accept-language',
  'idempotency-key',
  'traceparent',
  'tracestate',
]
