// The detail tab (detalle): contacts and addresses.
import { Address } from '../address/Address';
import { ClientProfile, type ClientProfileData } from '../api/operations';
import { useRecords } from '../api/records';
import { Contacts } from '../contact/Contacts';
import { Card } from '../ui/card';
import { Empty, Failure, Loading } from '../ui/states';
import { useWords } from '../words';
import type { Shown } from './ClientPage';

export type Profile = NonNullable<ClientProfileData['client']>;

export function DetailTab({ client }: { client: Shown }) {
  const words = useWords();
  const { data, error, loading, reload } = useRecords(ClientProfile, { id: client.id });
  const profile = data?.client;
  if (!profile) return loading ? <Loading /> : <Failure error={error} onRetry={reload} />;
  return (
    <div className="stack">
      <Contacts client={client} contacts={profile.contacts} />
      <Card title={words.fiscalAddress}>{profile.fiscalAddress ? <Address address={profile.fiscalAddress} /> : <Empty>{words.noFiscalAddress}</Empty>}</Card>
      <Card title={words.branches}>
        {profile.branchAddresses.length ? (
          <div className="grid">
            {profile.branchAddresses.map((address) => (
              <Address key={address.id} address={address} />
            ))}
          </div>
        ) : (
          <Empty>{words.noBranches}</Empty>
        )}
      </Card>
    </div>
  );
}
