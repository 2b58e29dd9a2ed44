// The fiscal address and those of the branches.
import { useState } from 'react';
import { ReorderAddressesDocument } from 'ficha-client';
import { AddButton } from '../client/ActionPanel';
import type { Shown } from '../client/ClientPage';
import type { Profile } from '../client/DetailTab';
import { useAct } from '../form/act';
import { Card } from '../ui/card';
import { inOrder, useOrder } from '../ui/order';
import { Empty } from '../ui/states';
import { useWords } from '../words';
import { Address } from './Address';
import { AddressForm } from './AddressForm';

export function Addresses({ client, profile }: { client: Shown; profile: Profile }) {
  const words = useWords();
  const [edited, edit] = useState<string>();
  const { fiscalAddress: fiscal, branchAddresses } = profile;
  const act = useAct();
  const first = fiscal ? [fiscal.id] : []; // all addresses are in one order, of which the branches are shown
  const order = useOrder(branchAddresses.map(({ id }) => id), (ids) => act(ReorderAddressesDocument, { clientId: client.id, ids: [...first, ...ids] }, { quiet: true }));
  const branches = inOrder(branchAddresses, order.ids);
  const address = [...(fiscal ? [fiscal] : []), ...branches].find(({ id }) => id === edited);
  return (
    <>
      <Card title={words.fiscalAddress} tools={!fiscal && <AddButton client={client} action="ADD_ADDRESS" onPress={() => edit('FISCAL')} />}>
        {fiscal ? <Address address={fiscal} onEdit={() => edit(fiscal.id)} /> : <Empty>{words.noFiscalAddress}</Empty>}
      </Card>
      <Card title={words.branches} tools={<AddButton client={client} action="ADD_ADDRESS" onPress={() => edit('BRANCH')} />}>
        {branches.length ? (
          <div className="grid">
            {branches.map((branch) => (
              <Address key={branch.id} address={branch} handle={order.handle} onEdit={() => edit(branch.id)} />
            ))}
          </div>
        ) : (
          <Empty>{words.noBranches}</Empty>
        )}
      </Card>
      {edited && (address || edited === 'FISCAL' || edited === 'BRANCH') && (
        <AddressForm key={edited} clientId={client.id} address={address} kind={edited} onClose={() => edit(undefined)} />
      )}
    </>
  );
}
