// Reading records and changing them. Whatever shows a record reads it again when somebody changed it: this page, or
// another one of which the subscription tells.
import { FichaError } from 'ficha-client';
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useClient, useQuery, type AnyVariables, type CombinedError, type TypedDocumentNode } from 'urql';

interface Bus {
  readonly tell: () => void;
  readonly hear: (listener: () => void) => () => void;
}

const Changes = createContext<Bus>({ tell: () => undefined, hear: () => () => undefined });

/** Milliseconds in which changes are told once: a mutation is answered, and told by the subscription, at nearly one time. */
const TOGETHER = 40;

export function ChangesProvider({ children }: { children: ReactNode }) {
  const listeners = useRef(new Set<() => void>());
  const bus = useMemo<Bus>(() => {
    let timer = 0;
    const fire = () => {
      timer = 0;
      for (const each of listeners.current) each();
    };
    return {
      tell: () => {
        timer ||= window.setTimeout(fire, TOGETHER);
      },
      hear: (listener) => {
        listeners.current.add(listener);
        return () => void listeners.current.delete(listener);
      },
    };
  }, []);
  return <Changes value={bus}>{children}</Changes>;
}

export const useChanges = (): Bus => use(Changes);

/** Milliseconds after which is read again what could not be. */
const AGAIN = 5_000;

const SETTLED = { requestPolicy: 'cache-first' };

export interface Reading<Data> {
  /** What was last read, also while it is read again; of other variables too, so that a list does not blink. */
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface Options {
  readonly pause?: boolean;
  /** Show what was read of other variables until the answer comes. */
  readonly keep?: boolean;
  /** Nothing that is done here changes it: it is read once. */
  readonly settled?: boolean;
}

/** The answer of a query, read again at each change. */
export function useRecords<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false, keep = false, settled = false }: Options = {},
): Reading<Data> {
  const [{ data, error, fetching }, execute] = useQuery<Data, Variables>({ query: document, variables, pause, ...(settled ? SETTLED : {}) } as never);
  const { hear } = useChanges();
  const reload = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  useEffect(() => (pause || settled ? undefined : hear(reload)), [hear, reload, pause, settled]);
  const own = JSON.stringify(variables);
  const [last, setLast] = useState({ data, own });
  if (data !== undefined && data !== last.data) setLast({ data, own });
  // What cannot be read again stays, and with it what is being typed over it; it is tried again meanwhile.
  const kept = !data && last.own === own && last.data;
  const waits = kept && !fetching && error?.networkError;
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setTimeout(reload, AGAIN);
    return () => clearTimeout(timer);
  }, [waits, reload]);
  return { data: data ?? (kept || (keep && fetching) ? last.data : undefined), error, loading: fetching, reload };
}

/** Send a mutation; when `change` did something, all that is shown is read again. Sent again with the same `key` it is done once. */
export function useSend() {
  const client = useClient();
  const { tell } = useChanges();
  return useCallback(
    async <Data, Variables extends AnyVariables>(
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
      { change = true, key = '' }: { change?: boolean; key?: string } = {},
    ): Promise<Data> => {
      const { data, error } = await client.mutation<Data, Variables>(document, variables, key ? { fetchOptions: { headers: { 'Idempotency-Key': key } } } : {}).toPromise();
      if (data === undefined || data === null) throw error ?? new Error('no answer');
      if (change) tell();
      return data;
    },
    [client, tell],
  );
}

/** What an error says to a person: the server's own sentence where it has one. */
export const sentence = (error: CombinedError | Error | undefined, otherwise: string): string => {
  const said = error instanceof FichaError ? error.errors : error && 'graphQLErrors' in error ? error.graphQLErrors : [];
  return said[0]?.message ?? otherwise;
};
