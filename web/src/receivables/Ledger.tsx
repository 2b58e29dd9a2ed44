// The entries of the client's ledger (movimientos), payments among them.
import { ClientLedgerDocument, type ClientLedgerQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { Link, to } from '../app/routes';
import type { Shown } from '../client/ClientPage';
import { Card } from '../ui/card';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';

type Entry = NonNullable<NonNullable<ClientLedgerQuery['client']>['ledger']>['nodes'][number];

export function Ledger({ client }: { client: Shown }) {
  const words = useWords();
  const [page, more] = usePages(client.id);
  const { data, error, loading, reload } = useRecords(ClientLedgerDocument, { id: client.id, ...page }, { keep: true });
  const entries = data?.client?.ledger;
  return (
    <Card title={words.ledger}>
      {!entries && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {entries && (entries.nodes.length ? <Table label={words.ledger} rows={entries.nodes} id={({ id }) => id} columns={columnsOf(words)} /> : <Empty>{words.noLedger}</Empty>)}
      {entries && <More page={entries.pageInfo} onMore={more} />}
    </Card>
  );
}

const columnsOf = (words: ReturnType<typeof useWords>): readonly Column<Entry>[] => [
  { key: 'on', title: words.effectiveOn, cell: (entry) => entry.effectiveOnLabel },
  { key: 'kind', title: words.type, heads: true, cell: (entry) => entry.kindLabel },
  {
    key: 'document',
    title: words.folio,
    cell: ({ salesDocument, creditNote }) => {
      const shown = salesDocument ?? creditNote;
      return shown && <Link target={to.salesDocument(shown.id)}>{shown.folio}</Link>;
    },
  },
  { key: 'reference', title: words.paymentReference, cell: (entry) => entry.payment?.reference ?? null },
  {
    key: 'amount',
    title: words.amount,
    figure: true,
    cell: (entry) => (
      <>
        {entry.amountLabel} <span className="muted">{entry.currency}</span>
      </>
    ),
  },
  { key: 'actor', title: words.actor, cell: (entry) => entry.actor?.name ?? null },
];
