// The side panel: who is in charge, the default price list, and where a prospect stands.
import { lazy, Suspense, useState } from 'react';
import { Button } from '../ui/buttons';
import { Card, Value, Values } from '../ui/card';
import { Avatar } from '../ui/person';
import { useWords } from '../words';
import type { Shown } from './ClientPage';

const Trash = lazy(() => import('./Trash'));

export function SidePanel({ client }: { client: Shown }) {
  const words = useWords();
  const [opened, open] = useState(false);
  return (
    <aside className="side" aria-label={words.sidePanel}>
      <Card title={words.owner}>
        {client.owner ? (
          <div className="owner">
            <Avatar person={client.owner} large />
            <strong>{client.owner.name}</strong>
          </div>
        ) : (
          <p className="muted">{words.noOwner}</p>
        )}
        <Values>
          <Value name={words.priceList}>{client.priceList ? `${client.priceList.name} (${client.priceList.currency})` : <span className="muted">{words.noPriceList}</span>}</Value>
          {client.prospectState && <Value name={words.prospectState}>{client.prospectState.name}</Value>}
          {client.externalId && (
            <Value name={words.externalId}>
              <code>{client.externalId}</code>
            </Value>
          )}
        </Values>
        <Button kind="quiet" className="small" onPress={() => open(true)}>
          {words.openTrash}
        </Button>
      </Card>
      <Suspense>{opened && <Trash clientId={client.id} onClose={() => open(false)} />}</Suspense>
    </aside>
  );
}
