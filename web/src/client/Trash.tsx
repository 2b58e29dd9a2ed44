// What was deleted of the client and can be restored.
import { ClientTrashDocument, RestoreAddressDocument, RestoreBankAccountDocument, RestoreContactDocument, RestoreDealDocument, RestoreDocumentDocument, RestoreFollowUpDocument } from 'ficha-client';
import { useRecords } from '../api/records';
import { useAct } from '../form/act';
import { Button, Dialog } from '../ui/buttons';
import { Empty, Failure, Loading } from '../ui/states';
import { Table } from '../ui/table';
import { useWords } from '../words';

export default function Trash({ clientId, onClose }: { clientId: string; onClose: () => void }) {
  const words = useWords();
  const act = useAct();
  const { data, error, loading, reload } = useRecords(ClientTrashDocument, { id: clientId });
  const client = data?.client;
  const rows = client
    ? [
        ...client.contacts.map((each) => ({ ...each, kind: words.contacts, restore: RestoreContactDocument })),
        ...client.branchAddresses.map((each) => ({ ...each, name: each.label ?? each.street, kind: words.branches, restore: RestoreAddressDocument })),
        ...client.bankAccounts.map((each) => ({ ...each, name: each.description ?? each.bankName ?? '', kind: words.bank, restore: RestoreBankAccountDocument })),
        ...(client.deals?.nodes ?? []).map((each) => ({ ...each, name: each.title, kind: words.deals, restore: RestoreDealDocument })),
        ...(client.followUps?.nodes ?? []).map((each) => ({ ...each, kind: words.followUpsTab, restore: RestoreFollowUpDocument })),
        ...(client.documents?.nodes ?? []).map((each) => ({ ...each, kind: words.documentsTab, restore: RestoreDocumentDocument })),
      ]
    : [];
  return (
    <Dialog title={words.trash} open onClose={onClose} wide>
      <div className="dialog-body">
        <p className="muted">{words.trashHelp}</p>
        {!client && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
        {client && !rows.length && <Empty>{words.noTrash}</Empty>}
        {rows.length > 0 && (
          <Table
            label={words.trash}
            rows={rows}
            id={({ id }) => id}
            columns={[
              { key: 'name', title: words.name, heads: true, cell: ({ name }) => name },
              { key: 'kind', title: words.type, cell: ({ kind }) => kind },
              { key: 'deleted', title: words.deletedOn, cell: ({ deletedAtLabel }) => deletedAtLabel },
              {
                key: 'restore',
                title: '',
                cell: ({ id, name, version, restore }) => (
                  <Button className="small" label={`${words.restore} ${name}`} onPress={() => void act(restore as typeof RestoreContactDocument, { id, expectedVersion: version })}>
                    {words.restore}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </div>
    </Dialog>
  );
}
