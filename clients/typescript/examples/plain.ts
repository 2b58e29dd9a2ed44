// Without a cache: reads a client, tries a new contact, and has the problems at the fields of a form.
import { ClientHeaderDocument, CreateContactDocument, createFicha, fieldErrors, FichaError } from 'ficha-client'
import { label } from 'ficha-client/labels'

const { FICHA_URL = '', FICHA_TOKEN = '', CLIENT = '' } = process.env
const ficha = createFicha({ url: FICHA_URL, token: () => FICHA_TOKEN, language: 'es' })

const { client } = await ficha.request(ClientHeaderDocument, { id: CLIENT })
const { createContact } = await ficha.request(CreateContactDocument, {
  input: { clientId: CLIENT, name: 'Ana Ríos', email: 'ana@', validateOnly: true },
})
const errors = fieldErrors(createContact.userErrors, ['name', 'email'])
const refused = await ficha.request(ClientHeaderDocument, { id: 'nobody' }).catch((error: unknown) => error)
console.log(
  JSON.stringify({
    name: client?.legalName,
    kind: client && label('ClientKind', client.kind, 'es'),
    email: errors.fields['email']?.map(({ code }) => code),
    refused: refused instanceof FichaError && refused.code,
  }),
)
