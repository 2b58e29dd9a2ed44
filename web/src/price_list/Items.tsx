// What a price list prices: each item with its price and its taxes.
import { useState } from 'react';
import { CreatePriceListItemDocument, DeletePriceListItemDocument, PriceListItemsDocument, SatProductsDocument, UpdatePriceListItemDocument, type PriceListItemsQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import { useAct, useConfirm } from '../form/act';
import { FormDialog } from '../form/FormDialog';
import type { Field, FieldProps } from '../form/fields';
import { nameOfTaxes, OTHERS, statedTaxes, TAXES, useTaxChoices } from '../sales_document/taxes';
import { useSettingsWords } from '../settings/words';
import { Button } from '../ui/buttons';
import { Card } from '../ui/card';
import { Finder } from '../ui/finder';
import { Search } from '../ui/inputs';
import { Menu, MenuAction, MenuButton } from '../ui/menus';
import { More } from '../ui/more';
import { usePages } from '../ui/pages';
import { Empty, Failure, Loading } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';
import type { PriceList } from './PriceLists';

export type Item = NonNullable<Extract<PriceListItemsQuery['node'], { __typename?: 'SalesPriceList' | undefined; items?: unknown }>['items']>['nodes'][number];

export function Items({ list }: { list: PriceList }) {
  const own = useSettingsWords();
  const [search, find] = useState('');
  const [edited, edit] = useState<string>();
  const [page, more] = usePages(search);
  const { data, error, loading, reload } = useRecords(PriceListItemsDocument, { priceListId: list.id, search: search || null, ...page }, { keep: true });
  const items = data?.node && 'items' in data.node ? data.node.items : undefined;
  const columns = useColumns(edit);
  const item = items?.nodes.find(({ id }) => id === edited);
  return (
    <Card
      title={own.itemsOf(list.name)}
      tools={
        <Button kind="quiet" onPress={() => edit('new')}>
          {own.newItem}
        </Button>
      }
    >
      <div className="filters">
        <Search label={own.itemsSearch} value={search} onSearch={find} />
      </div>
      {!items && (loading ? <Loading /> : <Failure error={error} onRetry={reload} />)}
      {items && (items.nodes.length ? <Table label={own.itemsOf(list.name)} rows={items.nodes} id={({ id }) => id} columns={columns} /> : <Empty>{own.emptyList}</Empty>)}
      {items && <More page={items.pageInfo} onMore={more} />}
      {(item || edited === 'new') && <ItemForm listId={list.id} item={item} onClose={() => edit(undefined)} />}
    </Card>
  );
}

function useColumns(edit: (id: string) => void): readonly Column<Item>[] {
  const words = useWords();
  const own = useSettingsWords();
  const act = useAct();
  const confirm = useConfirm();
  const taxes = useTaxChoices(true);
  const remove = async ({ id, sku, version }: Item) => {
    if (await confirm({ title: words.delete, text: sku })) await act(DeletePriceListItemDocument, { id, expectedVersion: version });
  };
  return [
    {
      key: 'sku',
      title: own.sku,
      heads: true,
      cell: ({ sku, description }) => (
        <>
          <span className="strong">{sku}</span>
          <span className="under">{description}</span>
        </>
      ),
    },
    { key: 'codes', title: words.satProduct, cell: ({ productCode, unitCode }) => `${productCode} · ${unitCode}` },
    { key: 'price', title: words.unitPrice, figure: true, cell: ({ unitPriceLabel, currency }) => `${unitPriceLabel} ${currency}` },
    { key: 'tax', title: words.tax, cell: (item) => taxes.find(({ value }) => value === nameOfTaxes(statedTaxes(item)))?.label },
    {
      key: 'actions',
      title: '',
      cell: (item) => (
        <MenuButton label={words.actionsOf(item.sku)}>
          <Menu>
            <MenuAction onAction={() => edit(item.id)}>{words.edit}</MenuAction>
            <MenuAction danger onAction={() => void remove(item)}>
              {words.delete}
            </MenuAction>
          </Menu>
        </MenuButton>
      ),
    },
  ];
}

function ItemForm({ listId, item, onClose }: { listId: string; item: Item | undefined; onClose: () => void }) {
  const words = useWords();
  const own = useSettingsWords();
  const stated = item && statedTaxes(item);
  const tax = stated ? nameOfTaxes(stated) : 'IVA16';
  const taxes = useTaxChoices(tax === OTHERS);
  const fields: Field[] = [
    { name: 'sku', label: own.sku, required: true },
    { name: 'unitPrice', label: words.unitPrice, kind: 'decimal', required: true },
    { name: 'description', label: words.description, required: true, wide: true },
    { name: 'productCode', label: words.satProduct, kind: 'custom', required: true, render: (props) => <Code {...props} of="satProducts" label={words.satProduct} /> },
    { name: 'unitCode', label: words.unit, kind: 'custom', required: true, render: (props) => <Code {...props} of="satUnits" label={words.unit} /> },
    { name: 'taxes', label: words.tax, kind: 'choice', choices: taxes, states: (name) => ({ ...(TAXES[String(name)] ?? stated) }) },
  ];
  if (!item) {
    return <FormDialog title={own.newItem} document={CreatePriceListItemDocument} fields={fields} values={{ unitCode: 'H87', taxes: tax }} fixed={{ priceListId: listId }} onClose={onClose} />;
  }
  return <FormDialog title={item.sku} document={UpdatePriceListItemDocument} fields={fields} values={{ ...item, taxes: tax }} version={item.version} fixed={{ id: item.id }} onClose={onClose} />;
}

/** A code of the SAT's products or units, found by what people call it. */
function Code({ of, label, value, set, errors }: FieldProps & { of: 'satProducts' | 'satUnits'; label: string }) {
  const [search, find] = useState('');
  const text = search || String(value ?? '') || null;
  const { data } = useRecords(SatProductsDocument, of === 'satUnits' ? { unitSearch: text } : { search: text }, { keep: true, settled: true });
  return (
    <>
      <Finder label={label} choices={(data?.[of] ?? []).map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }))} value={String(value ?? '')} onChange={set} onSearch={find} />
      {errors.map(({ message }) => (
        <span key={message} className="error" role="alert">
          {message}
        </span>
      ))}
    </>
  );
}
