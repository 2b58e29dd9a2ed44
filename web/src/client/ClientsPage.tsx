// The list of clients: searched, filtered and ordered, all of it in the address so that it can be sent to somebody.
import { ClientsSummaryDocument, ClientsTableDocument, type ClientFilter, type ClientOrderField, type ClientsTableQuery } from 'ficha-client';
import { lazy, Suspense, useState } from 'react';
import { useViewer } from '../api/choices';
import { useRecords } from '../api/records';
import { Link, to, useRoutes } from '../app/routes';
import { Badge } from '../ui/card';
import { Picker, Search } from '../ui/inputs';
import { PersonName } from '../ui/person';
import { Button } from '../ui/buttons';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column, type Sorted } from '../ui/table';
import { useWords } from '../words';
import { ImportButton } from '../sales_document/ImportButton';
import { useTitle } from '../ui/title';
import { ClientFiles } from './ClientFiles';
import { NewClient } from './NewClient';

const Bulk = lazy(() => import('./Bulk').then(({ Bulk: bar }) => ({ default: bar })));

type Row = NonNullable<ClientsTableQuery['clients']>['nodes'][number];
const PAGE = 25;

/** What the address says of the list. */
function useChoice() {
  const { place, go } = useRoutes();
  const { search } = place;
  const set = (changes: Record<string, string>) => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries({ after: '', before: '', ...changes })) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    go(`${to.clients()}${next.size ? `?${next}` : ''}`, { replace: !('after' in changes || 'before' in changes) });
  };
  const of = (key: string) => search.get(key) ?? '';
  return { of, set };
}

function filterOf(of: (key: string) => string): ClientFilter | null {
  const parts: ClientFilter[] = [];
  const kind = of('kind');
  if (kind === 'CLIENT' || kind === 'PROSPECT') parts.push({ kind: { eq: kind } });
  if (of('owner')) parts.push({ owner: { id: { eq: of('owner') } } });
  if (of('state')) parts.push({ prospectState: { id: { eq: of('state') } } });
  if (of('overdue')) parts.push({ receivables: { overdueBalance: { gt: '0' } } });
  return parts.length ? { and: parts } : null;
}

const sortedBy = (text: string): Sorted | undefined =>
  text ? { field: text.replace(/^-/, ''), descending: text.startsWith('-') } : undefined;

export function ClientsPage() {
  const words = useWords();
  const { of, set } = useChoice();
  const search = of('search');
  const order = of('order') || (search ? '' : 'LEGAL_NAME');
  const sorted = sortedBy(order);
  const listed = {
    search: search || null,
    filter: filterOf(of),
    orderBy: sorted ? [{ field: sorted.field as ClientOrderField, direction: sorted.descending ? 'DESC' : 'ASC' } as const] : null,
    deleted: of('deleted') ? 'ONLY' : 'EXCLUDE',
  } as const;
  const at = of('before') ? { last: PAGE, before: of('before') } : { first: PAGE, after: of('after') || null };
  const { data, error, loading, reload } = useRecords(ClientsTableDocument, { ...listed, ...at }, { keep: true });
  useTitle(words.clients);
  const columns = useColumns();
  const page = data?.clients;
  const writes = useViewer()?.permissions.includes('clients:write');
  const [ids, choose] = useState<ReadonlySet<string>>(new Set());
  const chosen = page?.nodes.filter(({ id }) => ids.has(id)) ?? [];
  return (
    <div className="page">
      <header className="page-head">
        <h1>{words.clients}</h1>
        <div className="row">
          <ImportButton />
          <ClientFiles listed={listed} />
          <NewClient />
        </div>
      </header>
      <Filters of={of} set={set} />
      {!page && error && <Failure error={error} onRetry={reload} />}
      {!page && loading && <Loading />}
      {page && (
        <div className={loading ? 'stale' : ''}>
          <p className="count" role="status">
            {words.results(page.totalCount)}
          </p>
          {page.nodes.length ? (
            <Table
              label={words.clients}
              columns={columns}
              rows={page.nodes}
              id={(row) => row.id}
              sorted={sorted}
              onSort={({ field, descending }) => set({ order: descending ? `-${field}` : field })}
              selection={writes ? { chosen: ids, choose, name: ({ legalName }) => legalName } : undefined}
            />
          ) : (
            <Empty>
              {words.noClients}. {words.noClientsHelp}
            </Empty>
          )}
          {chosen.length > 0 && (
            <Suspense>
              <Bulk chosen={chosen} deleted={Boolean(of('deleted'))} onDone={() => choose(new Set())} />
            </Suspense>
          )}
          <nav className="pages" aria-label={words.results(page.totalCount)}>
            {page.pageInfo.hasPreviousPage && <Button onPress={() => set({ before: page.pageInfo.startCursor ?? '' })}>{words.previous}</Button>}
            {page.pageInfo.hasNextPage && <Button onPress={() => set({ after: page.pageInfo.endCursor ?? '' })}>{words.next}</Button>}
          </nav>
        </div>
      )}
    </div>
  );
}

function useColumns(): readonly Column<Row>[] {
  const words = useWords();
  return [
    {
      key: 'name',
      title: words.legalName,
      sorts: 'LEGAL_NAME',
      heads: true,
      cell: (row) => (
        <>
          <Link target={to.client(row.id)} className="strong">
            {row.legalName}
          </Link>
          {row.tradeName && <span className="under">{row.tradeName}</span>}
        </>
      ),
    },
    { key: 'rfc', title: words.rfc, sorts: 'RFC', cell: (row) => row.rfc && <code>{row.rfc}</code> },
    {
      key: 'kind',
      title: words.kind,
      sorts: 'KIND',
      cell: (row) => <Badge tone={row.kind === 'PROSPECT' ? 'accent' : 'neutral'}>{row.prospectState?.name ?? row.kindLabel}</Badge>,
    },
    { key: 'owner', title: words.owner, sorts: 'OWNER', cell: (row) => row.owner && <PersonName person={row.owner} /> },
    { key: 'balance', title: words.balance, sorts: 'BALANCE', figure: true, cell: (row) => row.receivables?.balanceLabel ?? null },
    {
      key: 'overdue',
      title: words.overdue,
      sorts: 'OVERDUE_BALANCE',
      figure: true,
      cell: ({ receivables: owed }) => owed && (Number(owed.overdueBalance) > 0 ? <span className="bad-text">{owed.overdueBalanceLabel}</span> : null),
    },
    {
      key: 'next',
      title: words.nextFollowUp,
      sorts: 'NEXT_FOLLOW_UP',
      cell: ({ nextFollowUp: next }) =>
        next && (
          <>
            {next.name}
            <span className={`under ${next.isOverdue ? 'bad-text' : ''}`}>{next.startsAtLabel}</span>
          </>
        ),
    },
    { key: 'activity', title: words.lastActivity, sorts: 'LAST_ACTIVITY', cell: (row) => row.lastActivityAtLabel },
  ];
}

function Filters({ of, set }: ReturnType<typeof useChoice>) {
  const words = useWords();
  const { data } = useRecords(ClientsSummaryDocument, {});
  const summary = data?.clientsSummary;
  const counted = (label: string, count: number | undefined) => (count === undefined ? label : `${label} · ${count}`);
  const kinds = [
    { value: 'all', label: counted(words.kindAll, summary?.count) },
    ...(summary?.byKind ?? []).map(({ kind, kindLabel, count }) => ({ value: kind, label: counted(kindLabel, count) })),
  ];
  const owners = [
    { value: 'all', label: words.ownerAny },
    ...(summary?.byOwner ?? []).flatMap(({ owner, count }) => (owner ? [{ value: owner.id, label: counted(owner.name, count) }] : [])),
  ];
  const states = [
    { value: 'all', label: words.anyState },
    ...(summary?.byProspectState ?? []).flatMap(({ prospectState: state, count }) => (state ? [{ value: state.id, label: counted(state.name, count) }] : [])),
  ];
  const chosen = (value: string) => (value === 'all' ? '' : value);
  return (
    <div className="filters" role="search">
      <Search label={words.clientsSearch} value={of('search')} onSearch={(search) => set({ search })} />
      <Picker label={words.kind} hideLabel choices={kinds} value={of('kind') || 'all'} onChange={(kind) => set({ kind: chosen(kind), state: '' })} />
      <Picker label={words.owner} hideLabel choices={owners} value={of('owner') || 'all'} onChange={(owner) => set({ owner: chosen(owner) })} />
      {of('kind') === 'PROSPECT' && (
        <Picker label={words.prospectState} hideLabel choices={states} value={of('state') || 'all'} onChange={(state) => set({ state: chosen(state) })} />
      )}
      <Switches of={of} set={set} />
    </div>
  );
}

function Switches({ of, set }: ReturnType<typeof useChoice>) {
  const words = useWords();
  const switches = [
    ['overdue', words.overdueOnes],
    ['deleted', words.deletedOnes],
  ] as const;
  return switches.map(([key, label]) => (
    <button key={key} type="button" className="chip" aria-pressed={Boolean(of(key))} onClick={() => set({ [key]: of(key) ? '' : '1' })}>
      {label}
    </button>
  ));
}
