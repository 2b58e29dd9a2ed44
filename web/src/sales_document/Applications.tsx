// What was applied: payments and credit notes to a document, or a credit note to documents. It can be undone.
import { UndoApplicationDocument } from 'ficha-client';
import { Link, to } from '../app/routes';
import { useAct, useConfirm } from '../form/act';
import { Button } from '../ui/buttons';
import { Card } from '../ui/card';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';
import type { Opened } from './SalesDocumentPage';

type Application = Extract<Opened, { applications: unknown }>['applications'][number];

/** `own` is the document whose page it is. */
export function Applications({ applications, own, currency }: { applications: readonly Application[]; own: string; currency: string }) {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const undo = async ({ id, amountLabel, salesDocument }: Application) => {
    const text = words.undoApplicationConfirm(`${amountLabel} ${currency}`, salesDocument?.folio ?? '');
    if (await confirm({ title: words.undoApplication, text })) await act(UndoApplicationDocument, { id });
  };
  if (!applications.length) return null;
  const columns: readonly Column<Application>[] = [
    { key: 'on', title: words.appliedOn, heads: true, cell: ({ appliedOnLabel }) => appliedOnLabel },
    {
      key: 'of',
      title: words.origin,
      cell: ({ payment, creditNote, salesDocument }) => {
        const other = creditNote && creditNote.id !== own ? creditNote : creditNote ? salesDocument : null;
        return other ? <Link target={to.salesDocument(other.id)}>{other.folio}</Link> : (payment?.reference ?? words.payments);
      },
    },
    { key: 'amount', title: words.amount, figure: true, cell: ({ amountLabel }) => `${amountLabel} ${currency}` },
    {
      key: 'undo',
      title: '',
      cell: (application) => (
        <Button kind="quiet" className="small" label={`${words.undoApplication}: ${application.amountLabel}`} onPress={() => void undo(application)}>
          {words.undo}
        </Button>
      ),
    },
  ];
  return (
    <Card title={words.applications}>
      <Table label={words.applications} rows={applications} id={({ id }) => id} columns={columns} />
    </Card>
  );
}
