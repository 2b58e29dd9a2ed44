// What is done with several clients of the list at once: assigned, deleted, restored. Those of which that is not possible
// stay as they were, and why is said.
import { AssignClientsDocument, DeleteClientsDocument, RestoreClientsDocument, type AssignClientsMutation } from 'ficha-client';
import { useState } from 'react';
import { useCompanyChoices } from '../api/choices';
import { sentence, useSend } from '../api/records';
import { useConfirm } from '../form/act';
import { Button, Dialog } from '../ui/buttons';
import { Picker } from '../ui/inputs';
import { useNotify } from '../ui/notices';
import { useWords } from '../words';

interface Chosen {
  readonly id: string;
  readonly legalName: string;
}

type Results = AssignClientsMutation['assignClients']['results'];
const NONE = 'none';

export function Bulk({ chosen, deleted, onDone }: { chosen: readonly Chosen[]; deleted: boolean; onDone: () => void }) {
  const words = useWords();
  const confirm = useConfirm();
  const [assigning, assign] = useState(false);
  const run = useRun(chosen, onDone);
  const send = useSend();
  const rows = chosen.map(({ id }) => ({ id }));
  const errorPolicy = 'REJECT_FAILED_ROWS';
  const remove = async () => {
    if (!(await confirm({ title: words.bulkDeleteTitle(chosen.length), text: words.bulkDeleteConfirm }))) return;
    await run(async () => (await send(DeleteClientsDocument, { input: { rows, errorPolicy } })).deleteClients);
  };
  const restore = () => run(async () => (await send(RestoreClientsDocument, { input: { rows, errorPolicy } })).restoreClients);
  const give = async (ownerId: string | null) => {
    assign(false);
    await run(async () => (await send(AssignClientsDocument, { input: { rows: rows.map((row) => ({ ...row, ownerId })), errorPolicy } })).assignClients);
  };
  return (
    <section className="bulk" aria-label={words.bulkActions}>
      <strong role="status">{words.chosen(chosen.length)}</strong>
      <Button onPress={() => assign(true)}>{words.assignOwner}</Button>
      {deleted ? <Button onPress={() => void restore()}>{words.restore}</Button> : <Button onPress={() => void remove()}>{words.delete}</Button>}
      <Button kind="quiet" onPress={onDone}>
        {words.chooseNone}
      </Button>
      {assigning && <Assign count={chosen.length} onClose={() => assign(false)} onAssign={(ownerId) => void give(ownerId)} />}
    </section>
  );
}

/** Does it, and says how many it was done to and of which it was refused. */
function useRun(chosen: readonly Chosen[], onDone: () => void) {
  const words = useWords();
  const notify = useNotify();
  return async (change: () => Promise<{ results: readonly Pick<Results[number], 'userErrors'>[]; userErrors: Results[number]['userErrors'] }>) => {
    try {
      const { results, userErrors } = await change();
      const refused = results.flatMap(({ userErrors: errors }, place) => errors.map(({ message }) => `${chosen[place]?.legalName}: ${message}`));
      const failed = results.filter(({ userErrors: errors }) => errors.length).length;
      const done = userErrors.length ? 0 : results.length - failed;
      const text = [...(done ? [words.bulkDone(done)] : []), ...(failed ? [words.bulkFailed(failed)] : [])].join(', ') || words.saveFailed;
      notify({ text, details: [...userErrors.map(({ message }) => message), ...refused] });
      onDone();
    } catch (error) {
      notify({ text: words.saveFailed, details: [sentence(error as Error, words.offline)] });
    }
  };
}

function Assign({ count, onClose, onAssign }: { count: number; onClose: () => void; onAssign: (ownerId: string | null) => void }) {
  const words = useWords();
  const { people } = useCompanyChoices();
  const [owner, choose] = useState('');
  return (
    <Dialog title={`${words.assignOwner} · ${words.chosen(count)}`} open onClose={onClose}>
      <div className="form dialog-body">
        <div data-field="ownerId">
          <Picker label={words.owner} choices={[{ value: NONE, label: words.noOwner }, ...people]} value={owner} onChange={choose} />
        </div>
        <footer>
          <Button onPress={onClose}>{words.cancel}</Button>
          <Button kind="primary" disabled={!owner} onPress={() => onAssign(owner === NONE ? null : owner)}>
            {words.assign}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}
