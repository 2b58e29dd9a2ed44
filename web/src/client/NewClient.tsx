// The buttons that begin a client or a prospect, for those who may.
import { useState } from 'react';
import { useViewer } from '../api/choices';
import type { ClientKind } from 'ficha-client';
import { to, useRoutes } from '../app/routes';
import { Button } from '../ui/buttons';
import { IconPlus } from '../ui/icons';
import { useWords } from '../words';
import { NewClientForm } from './ClientForm';

export function NewClient() {
  const words = useWords();
  const { go } = useRoutes();
  const viewer = useViewer();
  const [kind, begin] = useState<ClientKind>();
  if (!viewer?.permissions.includes('clients:write')) return null;
  return (
    <div className="row">
      <Button onPress={() => begin('PROSPECT')}>
        <IconPlus />
        {words.newProspect}
      </Button>
      <Button kind="primary" onPress={() => begin('CLIENT')}>
        <IconPlus />
        {words.newClient}
      </Button>
      {kind && (
        <NewClientForm
          kind={kind}
          onClose={() => begin(undefined)}
          onDone={({ createClient }) => createClient?.client && go(to.client(createClient.client.id))}
        />
      )}
    </div>
  );
}
