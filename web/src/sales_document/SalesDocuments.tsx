// The client's sales documents, by folio, kind and state; a click opens one.
import { lazy, Suspense, useState } from 'react';
import { useLabels } from '../api/labels';
import { ClientSalesDocumentsDocument, type ClientSalesDocumentsQuery, type SalesDocumentFilter, type SalesDocumentOrderField, type SalesDocumentState, type SalesDocumentType } from 'ficha-client';
import { useRecords } from '../api/records';
import { Link, to } from '../app/routes';
import { Action } from '../client/ActionPanel';
import type { Shown } from '../client/ClientPage';
import { Badge, Card, type Tone } from '../ui/card';
import { Picker, Search } from '../ui/inputs';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column, type Sorted } from '../ui/table';
import { useWords } from '../words';
import { ImportButton } from './ImportButton';

const SalesDocumentForm = lazy(() => import('./SalesDocumentForm'));

type Row = NonNullable<NonNullable<ClientSalesDocumentsQuery['client']>['salesDocuments']>['nodes'][number];
const ALL = 'all';
const TYPES = { CREATE_QUOTE: 'QUOTE', CREATE_SALES_NOTE: 'SALES_NOTE', CREATE_INVOICE: 'INVOICE' } as const;

export const toneOf = (state: SalesDocumentState): Tone => {
  if (state === 'PAID' || state === 'ACCEPTED') return 'good';
  if (state === 'CANCELLED' || state === 'REJECTED') return 'bad';
  return state === 'DRAFT' ? 'neutral' : 'accent';
};

export function SalesDocuments({ client }: { client: Shown }) {
  const words = useWords();
  const [chosen, choose] = useState({ search: '', type: ALL, state: ALL });
  const [sorted, sort] = useState<Sorted>({ field: 'ISSUED_AT', descending: true });
  const [begun, begin] = useState<SalesDocumentType>();
  const [page, more] = usePages(JSON.stringify([chosen, sorted]));
  const { data, error, loading, reload } = useRecords(
    ClientSalesDocumentsDocument,
    {
      id: client.id,
      search: chosen.search || null,
      filter: filterOf(chosen),
      orderBy: [{ field: sorted.field as SalesDocumentOrderField, direction: sorted.descending ? 'DESC' : 'ASC' }],
      ...page,
    },
    { keep: true },
  );
  const documents = data?.client?.salesDocuments;
  const columns = columnsOf(words);
  const types = useLabels('SalesDocumentType');
  const states = useLabels('SalesDocumentState');
  return (
    <Card
      title={words.salesDocuments}
      tools={
        <>
          <ImportButton clientId={client.id} quiet />
          {client.actions.map((state) => {
            const type = TYPES[state.action as keyof typeof TYPES];
            return type && state.allowed && <Action key={type} state={state} onPress={() => begin(type)} quiet />;
          })}
        </>
      }
    >
      <div className="filters">
        <Search label={words.salesSearch} value={chosen.search} onSearch={(search) => choose({ ...chosen, search })} />
        <Picker label={words.documentType} hideLabel choices={[{ value: ALL, label: words.anyType }, ...types]} value={chosen.type} onChange={(type) => choose({ ...chosen, type })} />
        <Picker label={words.state} hideLabel choices={[{ value: ALL, label: words.anyState }, ...states]} value={chosen.state} onChange={(state) => choose({ ...chosen, state })} />
      </div>
      {!documents && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {documents && (
        <div className={loading ? 'stale' : ''}>
          <p className="count" role="status">
            {words.results(documents.totalCount)}
          </p>
          {documents.nodes.length ? (
            <Table label={words.salesDocuments} rows={documents.nodes} id={({ id }) => id} columns={columns} sorted={sorted} onSort={sort} />
          ) : (
            <Empty>{words.noSalesDocuments}</Empty>
          )}
          <More page={documents.pageInfo} onMore={more} />
        </div>
      )}
      <Suspense>{begun && <SalesDocumentForm clientId={client.id} type={begun} onClose={() => begin(undefined)} />}</Suspense>
    </Card>
  );
}

function filterOf({ type, state }: { type: string; state: string }): SalesDocumentFilter | null {
  const filter: SalesDocumentFilter = {
    ...(type === ALL ? {} : { type: { eq: type as SalesDocumentType } }),
    ...(state === ALL ? {} : { state: { eq: state as SalesDocumentState } }),
  };
  return Object.keys(filter).length ? filter : null;
}

const columnsOf = (words: ReturnType<typeof useWords>): readonly Column<Row>[] => [
  {
    key: 'folio',
    title: words.folio,
    sorts: 'NUMBER',
    heads: true,
    cell: (row) => (
      <>
        <Link target={to.salesDocument(row.id)} className="strong">
          {row.folio}
        </Link>
        <span className="under">{row.typeLabel}</span>
      </>
    ),
  },
  { key: 'issued', title: words.issued, sorts: 'ISSUED_AT', cell: (row) => row.issuedAtLabel },
  {
    key: 'state',
    title: words.state,
    cell: (row) => (
      <>
        <Badge tone={toneOf(row.state)}>{row.stateLabel}</Badge>
        {row.stampStatusLabel && <span className="under">{row.stampStatusLabel}</span>}
      </>
    ),
  },
  {
    key: 'due',
    title: words.due,
    sorts: 'DUE_ON',
    cell: (row) =>
      'dueOnLabel' in row && row.dueOnLabel ? (
        <>
          {row.dueOnLabel} {row.isOverdue && <Badge tone="bad">{words.overdue}</Badge>}
        </>
      ) : null,
  },
  { key: 'total', title: words.total, sorts: 'TOTAL', figure: true, cell: (row) => `${row.totalLabel} ${row.currency}` },
  { key: 'balance', title: words.balance, figure: true, cell: (row) => ('balanceLabel' in row && Number(row.balance) > 0 ? row.balanceLabel : null) },
];
