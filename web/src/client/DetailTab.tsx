// The detail tab (detalle): contacts and addresses.
import { Addresses } from '../address/Addresses';
import type { ClientProfileQuery } from 'ficha-client';
import type { Reading } from '../api/records';
import { Contacts } from '../contact/Contacts';
import { Failure, Loading } from '../ui/states';
import type { Shown } from './ClientPage';

export type Profile = NonNullable<ClientProfileQuery['client']>;

export function DetailTab({ client, profile: { data, error, loading, reload } }: { client: Shown; profile: Reading<ClientProfileQuery> }) {
  const profile = data?.client;
  if (!profile) return loading ? <Loading /> : <Failure error={error} onRetry={reload} />;
  return (
    <div className="stack">
      <Contacts client={client} contacts={profile.contacts} />
      <Addresses client={client} profile={profile} />
    </div>
  );
}
