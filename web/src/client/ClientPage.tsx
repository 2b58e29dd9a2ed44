// A client's record: what stays whichever tab is open, and the tab.
import { lazy, Suspense, useEffect } from 'react';
import { Tab as TabButton, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useConnection } from '../api/connection';
import { ClientChangedDocument, ClientHeaderDocument, ClientProfileDocument, type ClientHeaderQuery, type ClientProfileQuery } from 'ficha-client';
import { useChanges, useRecords, type Reading } from '../api/records';
import { Link, TABS, to, useRoutes, type Tab } from '../app/routes';
import { Badge } from '../ui/card';
import { IconBack } from '../ui/icons';
import { Boundary, Failure, Loading, Message } from '../ui/states';
import { useTitle } from '../ui/title';
import { useWords } from '../words';
import { ActionPanel } from './ActionPanel';
import { Copy } from '../ui/copy';
import { DetailTab } from './DetailTab';
import { ShowQuery } from './ShowQuery';
import { SidePanel } from './SidePanel';

const SCRIPTS = {
  commercial: () => import('./CommercialTab'),
  'follow-ups': () => import('../follow_up/FollowUpsTab'),
  billing: () => import('./BillingTab'),
  documents: () => import('../document/DocumentsTab'),
};
const CommercialTab = lazy(SCRIPTS.commercial);
const FollowUpsTab = lazy(SCRIPTS['follow-ups']);
const BillingTab = lazy(SCRIPTS.billing);
const DocumentsTab = lazy(SCRIPTS.documents);

export type Shown = NonNullable<ClientHeaderQuery['client']>;

export function ClientPage({ id, tab }: { id: string; tab: Tab }) {
  const words = useWords();
  const { data, error, loading, reload } = useRecords(ClientHeaderDocument, { id });
  // The first tabs are read, and the script of the others is loaded, while the header is on its way.
  const profile = useRecords(ClientProfileDocument, { id }, { pause: tab !== 'detail' && tab !== 'commercial' });
  useEffect(() => {
    if (tab !== 'detail') void SCRIPTS[tab]();
  }, [tab]);
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
        <Sections client={client} profile={profile} tab={tab} />
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

/** On a phone. It is the chosen tab that does so, as the list is there before its tabs are. */
function bringIntoSight(chosen: HTMLElement | null) {
  const list = chosen?.parentElement;
  if (list) list.scrollLeft = chosen.offsetLeft + chosen.offsetWidth / 2 - list.clientWidth / 2;
}

function Sections({ client, profile, tab }: { client: Shown; profile: Reading<ClientProfileQuery>; tab: Tab }) {
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
          <TabButton key={each} id={each} className="tab" ref={each === tab ? bringIntoSight : null}>
            {titles[each]}
          </TabButton>
        ))}
      </TabList>
      <TabPanel id={tab} className="tab-panel">
        <Boundary key={tab}>
          <Suspense fallback={<Loading />}>
            <Content client={client} profile={profile} />
          </Suspense>
        </Boundary>
        <ShowQuery tab={tab} id={client.id} />
      </TabPanel>
    </Tabs>
  );
}

/** Read again what is shown whenever the record changes, wherever it was changed. */
function useLive(id: string) {
  const { tell } = useChanges();
  const { live } = useConnection();
  useEffect(() => {
    let stop = () => undefined as void;
    let left = false;
    void live().then(({ watch, socket }) => {
      if (!left) stop = watch(socket, ClientChangedDocument, { id }, { next: tell, lost: tell });
    });
    return () => {
      left = true;
      stop();
    };
  }, [id, live, tell]);
}
