// An address as one writes it on an envelope, with its actions.
import { DeleteAddressDocument } from 'ficha-client';
import type { Profile } from '../client/DetailTab';
import { ActionMenu } from '../form/ActionMenu';
import { useAct, useConfirm } from '../form/act';
import type { useOrder } from '../ui/order';
import { useWords } from '../words';

export type ShownAddress = Profile['branchAddresses'][number];

export function Address({ address, handle, onEdit }: { address: ShownAddress; handle?: ReturnType<typeof useOrder>['handle']; onEdit: () => void }) {
  const words = useWords();
  const act = useAct();
  const confirm = useConfirm();
  const name = address.label ?? address.kindLabel;
  const remove = async () => {
    if (await confirm({ title: words.delete, text: words.deleteConfirm(name) })) await act(DeleteAddressDocument, { id: address.id, expectedVersion: address.version });
  };
  return (
    <div className="with-menu">
      {address.actions.some(({ action, allowed }) => action === 'EDIT' && allowed) && handle?.(address.id, name)}
      <address className="address">
        {address.label && <strong>{address.label}</strong>}
        {address.formatted.lines.map((line) => (
          <span key={line}>{line}</span>
        ))}
        {address.reference && <span className="muted">{address.reference}</span>}
      </address>
      <ActionMenu name={name} actions={address.actions} handlers={{ EDIT: onEdit, DELETE: () => void remove() }} />
    </div>
  );
}
