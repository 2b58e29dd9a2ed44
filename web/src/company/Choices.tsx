// A list of the company's own to choose from, as the stages of its deals: what is in it, and which can still be chosen.
import { useState } from 'react';
import type { TypedDocumentNode } from 'urql';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Badge, Card } from '../ui/card';
import { Empty } from '../ui/states';
import { useWords } from '../words';

interface Item {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly version: number;
}

type Mutation = TypedDocumentNode<unknown, { input: never } & Record<string, unknown>>;

const NONE = {};

export function Choices({ title, items, create, update }: { title: string; items: readonly Item[]; create: unknown; update: unknown }) {
  const words = useWords();
  const own = useSettingsWords();
  const [opened, open] = useState<string>();
  const item = items.find(({ id }) => id === opened);
  const close = () => open(undefined);
  const name: Field = { name: 'name', label: words.name, required: true, wide: true };
  return (
    <Card
      title={title}
      tools={
        <Button kind="quiet" label={own.addTo(title)} onPress={() => open('new')}>
          {words.add}
        </Button>
      }
    >
      {!items.length && <Empty>{own.emptyList}</Empty>}
      <ul className="settings-list">
        {items.map((each) => (
          <li key={each.id}>
            <span className="grow">
              {each.name} {!each.active && <Badge>{own.inactive}</Badge>}
            </span>
            <Button kind="quiet" label={`${words.edit}: ${each.name}`} onPress={() => open(each.id)}>
              {words.edit}
            </Button>
          </li>
        ))}
      </ul>
      {opened === 'new' && <FormDialog title={own.addTo(title)} document={create as Mutation} fields={[name]} values={NONE} fixed={NONE} onClose={close} />}
      {item && (
        <FormDialog
          title={item.name}
          document={update as Mutation}
          fields={[name, { name: 'active', label: own.isActive, kind: 'switch', wide: true }]}
          values={{ name: item.name, active: item.active }}
          version={item.version}
          fixed={{ id: item.id }}
          onClose={close}
        />
      )}
    </Card>
  );
}
