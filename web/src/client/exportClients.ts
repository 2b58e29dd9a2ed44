// Saves the list of clients as a CSV file, page by page.
import type { ClientsTableQuery } from 'ficha-client';
import type { OperationResult } from 'urql';
import type { Words } from '../words';
import { writeCsv } from './csv';

type Row = NonNullable<ClientsTableQuery['clients']>['nodes'][number];

/** As many as the API answers at once. */
const PAGE = 100;

type Read = (page: { first: number; after: string | null }) => Promise<OperationResult<ClientsTableQuery>>;

export async function exportClients(read: Read, words: Words): Promise<void> {
  const rows: Row[] = [];
  let after: string | null = null;
  do {
    const { data, error }: OperationResult<ClientsTableQuery> = await read({ first: PAGE, after });
    if (!data?.clients) throw error ?? new Error('no answer');
    rows.push(...data.clients.nodes);
    after = data.clients.pageInfo.hasNextPage ? data.clients.pageInfo.endCursor : null;
  } while (after);
  const heads = [words.legalName, words.tradeName, words.rfc, words.kind, words.prospectState, words.owner, words.balance, words.overdue, words.lastActivity];
  const file = writeCsv([
    heads,
    ...rows.map(({ legalName, tradeName, rfc, kindLabel, prospectState, owner, receivables, lastActivityAtLabel }) => [
      legalName, tradeName, rfc, kindLabel, prospectState?.name, owner?.name, receivables?.balanceLabel, receivables?.overdueBalanceLabel, lastActivityAtLabel,
    ]),
  ]);
  const href = URL.createObjectURL(file);
  Object.assign(document.createElement('a'), { href, download: words.exportName }).click();
  URL.revokeObjectURL(href);
}
