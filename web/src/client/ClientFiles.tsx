// The list of clients as a file: what is listed is exported, and new clients are imported.
import { ClientsTableDocument, type ClientsTableQueryVariables } from 'ficha-client';
import { lazy, Suspense, useState } from 'react';
import { useClient } from 'urql';
import { useViewer } from '../api/choices';
import { sentence } from '../api/records';
import { IconFile } from '../ui/icons';
import { Menu, MenuAction, MenuButton } from '../ui/menus';
import { useNotify } from '../ui/notices';
import { useWords } from '../words';

const ImportClients = lazy(() => import('./ImportClients'));

type Listed = Omit<ClientsTableQueryVariables, 'first' | 'after' | 'last' | 'before'>;

export function ClientFiles({ listed }: { listed: Listed }) {
  const words = useWords();
  const notify = useNotify();
  const client = useClient();
  const writes = useViewer()?.permissions.includes('clients:write');
  const [importing, begin] = useState(false);
  const save = async () => {
    try {
      const { exportClients } = await import('./exportClients');
      await exportClients((page) => client.query(ClientsTableDocument, { ...listed, ...page }, { requestPolicy: 'network-only' }).toPromise(), words);
    } catch (error) {
      notify({ text: words.failed, details: [sentence(error as Error, words.offline)] });
    }
  };
  return (
    <>
      <MenuButton label={words.files} icon={<IconFile />}>
        <Menu>
          <MenuAction onAction={() => void save()}>{words.exportClients}</MenuAction>
          {writes ? <MenuAction onAction={() => begin(true)}>{words.importClients}</MenuAction> : null}
        </Menu>
      </MenuButton>
      <Suspense>{importing && <ImportClients onClose={() => begin(false)} />}</Suspense>
    </>
  );
}
