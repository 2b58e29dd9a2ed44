// What the address shows, within the bar that is always there.
import { lazy, Suspense } from 'react';
import { ClientPage } from '../client/ClientPage';
import { ClientsPage } from '../client/ClientsPage';
import { Boundary, Loading, Message } from '../ui/states';
import { useWords } from '../words';
import { Bar } from './Bar';
import { Link, TABS, to, useRoutes, type Tab } from './routes';

const Board = lazy(() => import('../deal/Board'));
const SettingsPage = lazy(() => import('../settings/SettingsPage'));
const SalesDocumentPage = lazy(() => import('../sales_document/SalesDocumentPage'));

export function App() {
  const words = useWords();
  const { place } = useRoutes();
  return (
    <>
      <a className="skip" href="#content">
        {words.skip}
      </a>
      <Bar />
      <main id="content" tabIndex={-1}>
        <Boundary key={place.path[0] ?? 'clients'}>
          <Suspense fallback={<Loading />}>
            <Shown />
          </Suspense>
        </Boundary>
      </main>
    </>
  );
}

function Shown() {
  const words = useWords();
  const { place } = useRoutes();
  const [section = 'clients', id, tab = 'detail'] = place.path;
  if (section === 'clients' && !id) return <ClientsPage />;
  if (section === 'clients' && id && isTab(tab)) return <ClientPage key={id} id={id} tab={tab} />;
  if (section === 'sales-documents' && id) return <SalesDocumentPage key={id} id={id} />;
  if (section === 'deals') return <Board />;
  if (section === 'settings') return <SettingsPage section={id} />;
  return (
    <Message title={words.notFoundPage}>
      <Link target={to.clients()}>{words.backToClients}</Link>
    </Message>
  );
}

const isTab = (text: string): text is Tab => (TABS as readonly string[]).includes(text);
