// The company's price lists (tarifas), of which each client may have one by default, and what each prices.
import { useState } from 'react';
import { CreatePriceListDocument, DeletePriceListDocument, FormChoicesDocument, UpdatePriceListDocument, type FormChoicesQuery } from 'ficha-client';
import { useCatalogs } from '../api/choices';
import { useRecords } from '../api/records';
import { useAct, useConfirm } from '../form/act';
import { FormDialog } from '../form/FormDialog';
import type { Field } from '../form/fields';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Card } from '../ui/card';
import { Menu, MenuAction, MenuButton } from '../ui/menus';
import { Empty, Failure, Loading } from '../ui/states';
import { useWords } from '../words';
import { Items } from './Items';

export type PriceList = NonNullable<FormChoicesQuery['viewer']['company']['priceLists']>[number];

const NONE = {};

export default function PriceLists() {
  const words = useWords();
  const own = useSettingsWords();
  const act = useAct();
  const confirm = useConfirm();
  const [edited, edit] = useState<string>();
  const [opened, open] = useState<string>();
  const { data, error, loading, reload } = useRecords(FormChoicesDocument, {});
  const company = data?.viewer.company;
  const find = (id: string | undefined) => company?.priceLists.find((each) => each.id === id);
  const remove = async ({ id, name, version }: PriceList) => {
    if (await confirm({ title: words.delete, text: name })) await act(DeletePriceListDocument, { id, expectedVersion: version });
  };
  const [list, shown] = [find(edited), find(opened)];
  return (
    <div className="stack">
      <Card
        title={own.priceLists}
        tools={
          <Button kind="primary" onPress={() => edit('new')}>
            {own.newPriceList}
          </Button>
        }
      >
        {!company && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
        {company && !company.priceLists.length && <Empty>{own.emptyList}</Empty>}
        <ul className="settings-list">
          {company?.priceLists.map((each) => (
            <li key={each.id}>
              <span className="grow">
                <button type="button" className="link strong" aria-pressed={each.id === opened} onClick={() => open(each.id)}>
                  {each.name}
                </button>{' '}
                <span className="muted">{each.currency}</span>
                {each.description && <span className="under">{each.description}</span>}
              </span>
              <MenuButton label={words.actionsOf(each.name)}>
                <Menu>
                  <MenuAction onAction={() => edit(each.id)}>{words.edit}</MenuAction>
                  <MenuAction danger onAction={() => void remove(each)}>
                    {words.delete}
                  </MenuAction>
                </Menu>
              </MenuButton>
            </li>
          ))}
        </ul>
      </Card>
      {shown && <Items key={shown.id} list={shown} />}
      {company && (list || edited === 'new') && <ListForm list={list} currency={company.currency} onClose={() => edit(undefined)} />}
    </div>
  );
}

function ListForm({ list, currency, onClose }: { list: PriceList | undefined; currency: string; onClose: () => void }) {
  const words = useWords();
  const own = useSettingsWords();
  const { currencies } = useCatalogs();
  const fields: Field[] = [
    { name: 'name', label: words.name, required: true },
    { name: 'currency', label: words.currency, kind: 'choice', choices: currencies },
    { name: 'description', label: words.description, wide: true },
  ];
  if (!list) return <FormDialog title={own.newPriceList} document={CreatePriceListDocument} fields={fields} values={{ currency }} fixed={NONE} onClose={onClose} />;
  return <FormDialog title={list.name} document={UpdatePriceListDocument} fields={fields} values={{ ...list }} version={list.version} fixed={{ id: list.id }} onClose={onClose} />;
}
