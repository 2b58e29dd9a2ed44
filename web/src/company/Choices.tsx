// A list of the company's own to choose from, as the stages of its deals: what is in it, and which can still be chosen.
import { useState } from 'react';
import type { TypedDocumentNode } from 'urql';
import { useAct, useConfirm } from '../form/act';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Badge, Card } from '../ui/card';
import { inOrder, useOrder } from '../ui/order';
import { Empty } from '../ui/states';
import { useWords } from '../words';

interface Item {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly position?: number;
  readonly version: number;
}

type Mutation = TypedDocumentNode<unknown, { input: never } & Record<string, unknown>>;

const NONE = {};

interface Props {
  readonly title: string;
  readonly items: readonly Item[];
  /** Whether they have an order of the company's own. */
  readonly ordered?: boolean;
  readonly create: unknown;
  readonly update: unknown;
  readonly remove: unknown;
}

export function Choices({ title, items, ordered = false, create, update, remove }: Props) {
  const words = useWords();
  const own = useSettingsWords();
  const [opened, open] = useState<string>();
  const order = useOrder(items.map(({ id }) => id), usePositions(items, update as Mutation));
  const act = useAct();
  const confirm = useConfirm();
  const take = async ({ id, name: of, version }: Item) => {
    if (await confirm({ title: words.delete, text: of })) await act(remove as Mutation, { id, expectedVersion: version });
  };
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
        {inOrder(items, order.ids).map((each) => (
          <li key={each.id}>
            {ordered && order.handle(each.id, each.name)}
            <span className="grow">
              {each.name} {!each.active && <Badge>{own.inactive}</Badge>}
            </span>
            <Button kind="quiet" label={`${words.edit}: ${each.name}`} onPress={() => open(each.id)}>
              {words.edit}
            </Button>
            <Button kind="quiet" label={`${words.delete}: ${each.name}`} onPress={() => void take(each)}>
              {words.delete}
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

/** Saves an order: each item that has another place than before gets it. */
function usePositions(items: readonly Item[], update: Mutation) {
  const act = useAct();
  return async (ids: readonly string[]) => {
    for (const [position, id] of ids.entries()) {
      if (items.find((each) => each.id === id)?.position === position) continue;
      if (!(await act(update, { id, position }, { quiet: true }))) return;
    }
  };
}
