// The detail tab (detalle): contacts and addresses.
import { Addresses } from '../address/Addresses';
import { ClientProfile, type ClientProfileData } from '../api/operations';
import { useRecords } from '../api/records';
import { Contacts } from '../contact/Contacts';
import { Failure, Loading } from '../ui/states';
import type { Shown } from './ClientPage';

export type Profile = NonNullable<ClientProfileData['client']>;

export function DetailTab({ client }: { client: Shown }) {
  const { data, error, loading, reload } = useRecords(ClientProfile, { id: client.id });
  const profile = data?.client;
  if (!profile) return loading ? <Loading /> : <Failure error={error} onRetry={reload} />;
  return (
    <div className="stack">
      <Contacts client={client} contacts={profile.contacts} />
      <Addresses client={client} profile={profile} />
    </div>
  );
}
