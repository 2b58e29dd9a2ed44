// The commercial tab (relación comercial): note, deals, history.
import { lazy, Suspense, useState } from 'react';
import type { ClientProfileQuery } from 'ficha-client';
import type { Reading } from '../api/records';
import { Deals } from '../deal/Deals';
import { History } from '../history/History';
import { Card } from '../ui/card';
import { Empty } from '../ui/states';
import { useWords } from '../words';
import { Action } from './ActionPanel';
import type { Shown } from './ClientPage';

const EditNote = lazy(() => import('./ClientForm').then(({ EditNote: form }) => ({ default: form })));

interface Props {
  readonly client: Shown;
  readonly profile: Reading<ClientProfileQuery>;
}

export default function CommercialTab({ client, profile }: Props) {
  return (
    <div className="stack">
      <Note client={client} profile={profile} />
      <Deals client={client} />
      <History clientId={client.id} />
    </div>
  );
}

function Note({ client, profile: { data } }: Props) {
  const words = useWords();
  const [editing, edit] = useState(false);
  const profile = data?.client;
  const editable = client.actions.find(({ action }) => action === 'EDIT');
  return (
    <Card title={words.note} tools={editable && profile && <Action state={{ ...editable, actionLabel: words.editNote }} onPress={() => edit(true)} />}>
      {profile && (profile.internalNote ? <p className="note">{profile.internalNote}</p> : <Empty>{words.noNote}</Empty>)}
      <Suspense>{editing && profile && <EditNote profile={profile} onClose={() => edit(false)} />}</Suspense>
    </Card>
  );
}
