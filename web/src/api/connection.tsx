// The connection to Ficha, by the kit: requests that are signed and sent again, records kept by their ids, changes heard
// over a WebSocket.
import { cacheExchange } from '@urql/exchange-graphcache';
import { createFicha, type Ficha } from 'ficha-client';
import { cacheOptions } from 'ficha-client/urql';
import { createContext, use, useMemo, type ReactNode } from 'react';
import { Client, fetchExchange, Provider } from 'urql';
import type { Language } from '../words';
import { start } from './start';

/** What a request needs: `Authorization`, and the company where somebody works in several. */
export type Headers = () => Promise<Record<string, string>>;

type Live = typeof import('ficha-client/subscriptions');

interface Connection {
  readonly ficha: Ficha;
  /** Subscriptions load their transport when the first one begins, which is after the page is drawn. */
  readonly live: () => Promise<{ readonly watch: Live['watch']; readonly socket: ReturnType<Live['createSubscriptions']> }>;
}

const Context = createContext<Connection | undefined>(undefined);

export function useConnection(): Connection {
  const connection = use(Context);
  if (!connection) throw new Error('outside of a connection');
  return connection;
}

/** Speaks for whoever `headers` names, in `language`. */
export function ConnectionProvider({ headers, language, children }: { headers: Headers; language: Language; children: ReactNode }) {
  const { client, connection } = useMemo(() => connect(headers, language), [headers, language]);
  return (
    <Context value={connection}>
      <Provider value={client}>{children}</Provider>
    </Context>
  );
}

function connect(headers: Headers, language: Language) {
  const ficha = createFicha({
    url: new URL(start.graphql, location.href).href,
    token: async () => (await headers())['Authorization']?.replace('Bearer ', '') ?? '',
    headers,
    language,
  });
  const client = new Client({
    url: ficha.options.url,
    fetch: ficha.fetch,
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    exchanges: [cacheExchange(cacheOptions({ pages: 'apart', partial: false })), fetchExchange],
  });
  let opened: ReturnType<Connection['live']> | undefined;
  const live = () =>
    (opened ??= import('ficha-client/subscriptions').then(({ createSubscriptions, watch }) => ({ watch, socket: createSubscriptions(ficha) })));
  return { client, connection: { ficha, live } };
}
