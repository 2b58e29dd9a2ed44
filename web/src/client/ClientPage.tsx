// A client's record: what stays whichever tab is open, and the tab.
import { lazy, Suspense, useEffect } from 'react';
import { Tab as TabButton, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useSubscription } from 'urql';
import { RECONNECTED } from '../api/client';
import { ClientChanged, ClientHeader, type ClientHeaderData } from '../api/operations';
import { useChanges, useRecords } from '../api/records';
import { Link, TABS, to, useRoutes, type Tab } from '../app/routes';
import { Badge } from '../ui/card';
import { IconBack } from '../ui/icons';
import { Failure, Loading, Message } from '../ui/states';
import { useTitle } from '../ui/title';
import { useWords } from '../words';
import { ActionPanel } from './ActionPanel';
import { Copy } from '../ui/copy';
import { DetailTab } from './DetailTab';
import { ShowQuery } from './ShowQuery';
import { SidePanel } from './SidePanel';

const CommercialTab = lazy(() => import('./CommercialTab'));
const FollowUpsTab = lazy(() => import('../follow_up/FollowUpsTab'));
const BillingTab = lazy(() => import('./BillingTab'));
const DocumentsTab = lazy(() => import('../document/DocumentsTab'));

export type Shown = NonNullable<ClientHeaderData['client']>;

export function ClientPage({ id, tab }: { id: string; tab: Tab }) {
  const words = useWords();
  const { data, error, loading, reload } = useRecords(ClientHeader, { id });
  const client = data?.client;
  useTitle(client?.legalName);
  useLive(id);
  if (!client && loading) return <Loading />;
  if (!client && error) return <Failure error={error} onRetry={reload} />;
  if (!client) {
    return (
      <Message title={words.notFound}>
        <Link target={to.clients()}>{words.backToClients}</Link>
      </Message>
    );
  }
  return (
    <div className="page record">
      <Head client={client} />
      <ActionPanel client={client} />
      <div className="columns">
        <Sections client={client} tab={tab} />
        <SidePanel client={client} />
      </div>
    </div>
  );
}

function Head({ client }: { client: Shown }) {
  const words = useWords();
  return (
    <header className="record-head">
      <Link target={to.clients()} className="crumb">
        <IconBack />
        {words.clients}
      </Link>
      <div className="record-name">
        <h1>{client.legalName}</h1>
        <Badge tone={client.kind === 'PROSPECT' ? 'accent' : 'neutral'}>{client.kindLabel}</Badge>
      </div>
      <dl className="record-facts">
        <div>
          <dt>{words.tradeName}</dt>
          <dd>{client.tradeName ?? words.none}</dd>
        </div>
        <div>
          <dt>{words.rfc}</dt>
          <dd>{client.rfc ? <Copy text={client.rfc} /> : words.none}</dd>
        </div>
      </dl>
      {client.deletedAtLabel && (
        <p className="banner" role="status">
          {words.deletedBanner(client.deletedAtLabel)}
        </p>
      )}
      {client.convertedInto && (
        <p className="banner">
          {words.convertedInto} <Link target={to.client(client.convertedInto.id)}>{client.convertedInto.legalName}</Link>
        </p>
      )}
    </header>
  );
}

function Sections({ client, tab }: { client: Shown; tab: Tab }) {
  const words = useWords();
  const { go } = useRoutes();
  const titles: Record<Tab, string> = {
    detail: words.detailTab,
    commercial: words.commercialTab,
    'follow-ups': words.followUpsTab,
    billing: words.billingTab,
    documents: words.documentsTab,
  };
  const contents = { detail: DetailTab, commercial: CommercialTab, 'follow-ups': FollowUpsTab, billing: BillingTab, documents: DocumentsTab };
  const Content = contents[tab];
  return (
    <Tabs className="tabs" selectedKey={tab} onSelectionChange={(key) => go(to.client(client.id, key as Tab), { replace: true })}>
      <TabList className="tab-list" aria-label={words.tabs}>
        {TABS.map((each) => (
          <TabButton key={each} id={each} className="tab">
            {titles[each]}
          </TabButton>
        ))}
      </TabList>
      <TabPanel id={tab} className="tab-panel">
        <Suspense fallback={<Loading />}>
          <Content client={client} />
        </Suspense>
        <ShowQuery tab={tab} id={client.id} />
      </TabPanel>
    </Tabs>
  );
}

/** Read again what is shown whenever the record changes, wherever it was changed. */
function useLive(id: string) {
  const { tell } = useChanges();
  const [{ data }] = useSubscription({ query: ClientChanged, variables: { id } });
  const revision = data?.clientChanged.revision;
  useEffect(() => {
    if (revision !== undefined) tell();
  }, [revision, tell]);
  useEffect(() => {
    addEventListener(RECONNECTED, tell);
    return () => removeEventListener(RECONNECTED, tell);
  }, [tell]);
}
