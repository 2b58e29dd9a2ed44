// The connection to Ficha: one endpoint, records kept by their ids, changes heard over a WebSocket.
import { cacheExchange } from '@urql/exchange-graphcache';
import { Client, fetchExchange, subscriptionExchange } from 'urql';
import { EMBEDDED } from './operations';
import { start } from './start';

export type Headers = () => Promise<Record<string, string>>;

const keys = Object.fromEntries(EMBEDDED.map((name) => [name, () => null]));

/** A client that speaks for whoever `headers` names, in `locale`. */
export function connect(headers: Headers, locale: string): Client {
  // Where the last mutation wrote: sent back, so that what is read next is no older, whichever replica answers.
  let position: Record<string, string> = {};
  return new Client({
    url: start.graphql,
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    exchanges: [cacheExchange({ keys }), fetchExchange, subscriptionExchange({ forwardSubscription: forward(headers, locale) })],
    fetch: async (input, init) => {
      const own = { ...init?.headers, ...(await headers()), ...position, 'Accept-Language': locale };
      const response = await fetch(input, { ...init, headers: own });
      const written = response.headers.get('X-Ficha-Position');
      if (written) position = { 'X-Ficha-Position': written };
      return response;
    },
  });
}

/** The window's event that the WebSocket is open again: what changed meanwhile was not told. */
export const RECONNECTED = 'ficha:reconnected';

/** Milliseconds before a connection is tried again: at first one second, at most half a minute, never all at one time. */
const pauseBefore = (retries: number) => Math.min(1000 * 2 ** retries, 30_000) * (0.5 + Math.random() / 2);

type Forward = Parameters<typeof subscriptionExchange>[0]['forwardSubscription'];

/** Subscriptions load their transport when the first one begins, which is after the page is drawn. */
function forward(headers: Headers, locale: string): Forward {
  let socket: Promise<import('graphql-ws').Client> | undefined;
  const open = () => (socket ??= import('graphql-ws').then(({ createClient }) =>
    createClient({
      url: new URL(start.graphql, location.href).href.replace(/^http/, 'ws'),
      connectionParams: async () => ({ ...(await headers()), 'Accept-Language': locale }),
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: (retries) => new Promise((again) => setTimeout(again, pauseBefore(retries))),
      on: { connected: (_socket, _payload, again) => again && dispatchEvent(new Event(RECONNECTED)) },
    }),
  ));
  return ({ query, variables }) => ({
    subscribe: (sink) => {
      let ended = false;
      let end = () => undefined as void;
      void open().then((client) => {
        if (!ended) end = client.subscribe({ query: query ?? '', variables: variables as Record<string, unknown> }, sink as never);
      });
      return {
        unsubscribe: () => {
          ended = true;
          end();
        },
      };
    },
  });
}
