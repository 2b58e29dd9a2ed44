// Clients of a CSV file: what is wrong with each row is said before anything is saved, and the others are brought in.
import { CreateClientsDocument, type CreateClientsMutation, type CreateClientsMutationVariables } from 'ficha-client';
import { useState } from 'react';
import { sentence, useSend } from '../api/records';
import { Button, Dialog } from '../ui/buttons';
import { Drop } from '../ui/drop';
import { useNotify } from '../ui/notices';
import { Loading } from '../ui/states';
import { Table } from '../ui/table';
import { useWords } from '../words';
import { readCsv } from './csv';

type Stated = CreateClientsMutationVariables['input']['rows'][number];

interface Row {
  /** Where it stands in the file. */
  readonly id: string;
  readonly stated: Stated;
  readonly problems: readonly string[];
}

/** As many as the API takes at once. */
const AT_ONCE = 200;
const errorPolicy = 'REJECT_FAILED_ROWS';

export default function ImportClients({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const notify = useNotify();
  const [rows, setRows] = useState<readonly Row[]>();
  const [busy, setBusy] = useState(false);
  const [failed, fail] = useState('');
  const columns = { legalName: words.legalName, tradeName: words.tradeName, rfc: words.rfc, externalId: words.externalId, internalNote: words.note };
  const create = useCreate(columns);
  const trying = async (doing: () => Promise<void>) => {
    setBusy(true);
    fail('');
    await doing().catch((error: unknown) => fail(sentence(error as Error, words.offline)));
    setBusy(false);
  };
  const check = (file: File) =>
    trying(async () => {
      const stated = statedIn(await readCsv(file), columns);
      if (!stated.length) return fail(words.noLegalNames(words.legalName));
      const results = await create(stated, true);
      setRows(stated.map((row, place) => ({ id: String(place + 2), stated: row, problems: results[place] ?? [] })));
    });
  const good = rows?.filter(({ problems }) => !problems.length) ?? [];
  const save = () =>
    trying(async () => {
      const refused = (await create(good.map(({ stated }) => stated), false)).filter((problems) => problems.length);
      notify({ text: words.bulkDone(good.length - refused.length), details: refused.flat() });
      onClose();
    });
  return (
    <Dialog title={words.importClients} open onClose={onClose} wide>
      <div className="form dialog-body">
        {!rows && !busy && <Drop label={words.dropClients} help={words.dropClientsHelp(Object.values(columns).join(', '))} types={['text/csv', '.csv']} onFiles={([file]) => file && void check(file)} />}
        {busy && <Loading />}
        {failed && (
          <p className="bad-text" role="alert">
            {failed}
          </p>
        )}
        {rows && (
          <Table
            label={words.importClients}
            rows={rows}
            id={({ id }) => id}
            columns={[
              { key: 'row', title: words.row, figure: true, cell: ({ id }) => id },
              { key: 'name', title: words.legalName, heads: true, cell: ({ stated }) => stated.legalName || words.none },
              { key: 'rfc', title: words.rfc, cell: ({ stated }) => stated.rfc ?? null },
              { key: 'said', title: words.cfdiSaid, cell: ({ problems }) => (problems.length ? <span className="bad-text">{problems.join(' ')}</span> : words.rowFine) },
            ]}
          />
        )}
        <footer>
          <Button onPress={onClose}>{words.cancel}</Button>
          {rows && (
            <Button kind="primary" disabled={busy || !good.length} onPress={() => void save()}>
              {words.importRows(good.length)}
            </Button>
          )}
        </footer>
      </div>
    </Dialog>
  );
}

/** What the rows below the first one state, under the columns that it names: as the page does, or as the API. */
function statedIn([heads = [], ...rows]: readonly (readonly string[])[], columns: Readonly<Record<string, string>>): readonly Stated[] {
  const places = Object.entries(columns).map(([field, title]) => [field, heads.findIndex((head) => same(head, title) || same(head, field))] as const);
  if (!places.some(([field, place]) => field === 'legalName' && place >= 0)) return [];
  return rows.map((row) => {
    const stated = places.flatMap(([field, place]) => (row[place] ? [[field, row[place].replace(/^'(?=[=+\-@])/, '')] as const] : []));
    return { legalName: '', ...Object.fromEntries(stated) };
  });
}

const same = (one: string, other: string) => one.localeCompare(other, 'es', { sensitivity: 'base' }) === 0;

/** Creates clients, or only says what would be wrong; the problems of each row, each with the column that it is in. */
function useCreate(columns: Readonly<Record<string, string>>) {
  const send = useSend();
  return async (rows: readonly Stated[], validateOnly: boolean): Promise<readonly (readonly string[])[]> => {
    const problems: (readonly string[])[] = [];
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const input = { rows: rows.slice(from, from + AT_ONCE), errorPolicy, validateOnly } as const;
      const { createClients }: CreateClientsMutation = await send(CreateClientsDocument, { input }, { change: !validateOnly });
      problems.push(...createClients.results.map(({ userErrors }) => userErrors.map(({ message, path }) => [columns[path.at(-1) ?? ''], message].filter(Boolean).join(': '))));
    }
    return problems;
  };
}
