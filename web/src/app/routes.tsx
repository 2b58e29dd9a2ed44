// The page's addresses, below the one that the server gives it: history.pushState and nothing more.
import { createContext, use, useCallback, useEffect, useMemo, useState, type MouseEvent, type ReactNode } from 'react';
import { start } from '../api/start';

export const TABS = ['detail', 'commercial', 'follow-ups', 'billing', 'documents'] as const;
export type Tab = (typeof TABS)[number];

export interface Place {
  readonly path: readonly string[];
  readonly search: URLSearchParams;
}

interface Routes {
  readonly place: Place;
  readonly go: (to: string, how?: { replace?: boolean }) => void;
}

/** The address within the page of a record, for links. */
export const to = {
  clients: () => '/clients',
  client: (id: string, tab?: Tab) => `/clients/${id}${tab && tab !== 'detail' ? `/${tab}` : ''}`,
  deals: (clientId = '') => `/deals${clientId && `?client=${clientId}`}`,
  salesDocument: (id: string) => `/sales-documents/${id}`,
  settings: (section = '') => `/settings${section && `/${section}`}`,
};

/** What an address says between two slashes; as it stands where a `%` begins no character. */
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const read = (): Place => ({
  path: location.pathname.slice(start.base.length).split('/').filter(Boolean).map(decoded),
  search: new URLSearchParams(location.search),
});

const Context = createContext<Routes>({ place: { path: [], search: new URLSearchParams() }, go: () => undefined });

export function RoutesProvider({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const moved = () => setPlace(read());
    addEventListener('popstate', moved);
    return () => removeEventListener('popstate', moved);
  }, []);
  const go = useCallback((target: string, { replace = false } = {}) => {
    const before = location.pathname;
    history[replace ? 'replaceState' : 'pushState'](null, '', start.base + target);
    if (location.pathname !== before && !replace) scrollTo(0, 0);
    setPlace(read());
  }, []);
  const routes = useMemo(() => ({ place, go }), [place, go]);
  return <Context value={routes}>{children}</Context>;
}

export const useRoutes = (): Routes => use(Context);

/** A link within the page; with a modifier key it opens in a tab of its own, as any other. */
export function Link({ target, children, className, current = false }: { target: string; children: ReactNode; className?: string | undefined; current?: boolean }) {
  const { go } = useRoutes();
  const follow = (event: MouseEvent) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(target);
  };
  return (
    <a href={start.base + target} onClick={follow} className={className} {...(current ? { 'aria-current': 'page' } : {})}>
      {children}
    </a>
  );
}
