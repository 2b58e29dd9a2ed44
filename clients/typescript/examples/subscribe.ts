// Live updates: says when it listens, tells the first change, and leaves.
import { ClientChangedDocument, createFicha } from 'ficha-client'
import { createSubscriptions, watch } from 'ficha-client/subscriptions'

const { FICHA_URL = '', FICHA_TOKEN = '', CLIENT = '' } = process.env
const ficha = createFicha({ url: FICHA_URL, token: () => FICHA_TOKEN })
const subscriptions = createSubscriptions(ficha, { on: { connected: () => console.log('listening') } })
const stop = watch(subscriptions, ClientChangedDocument, { id: CLIENT }, {
  next: ({ clientChanged }) => {
    console.log(JSON.stringify({ version: clientChanged.version }))
    stop()
  },
  lost: () => console.log('lost'),
  error: (error) => console.log(JSON.stringify({ error })),
})
