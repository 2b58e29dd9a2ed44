// The item of the client's price list that a line is filled from.
import { useState } from 'react';
import { PriceListItemsDocument, type ClientHeaderQuery } from 'ficha-client';
import { useRecords } from '../api/records';
import type { Item } from '../price_list/Items';
import { Finder } from '../ui/finder';
import { useWords } from '../words';

export type PriceList = NonNullable<NonNullable<ClientHeaderQuery['client']>['priceList']>;

interface Props {
  readonly list: PriceList;
  readonly sku: string;
  /** Called without an item for what the list does not have. */
  readonly choose: (item: Item | undefined) => void;
}

export default function ItemFinder({ list, sku, choose }: Props) {
  const words = useWords();
  const [search, find] = useState('');
  const { data } = useRecords(PriceListItemsDocument, { priceListId: list.id, search: search || null }, { keep: true });
  const items = data?.node && 'items' in data.node ? (data.node.items?.nodes ?? []) : [];
  return (
    <Finder
      label={words.fromPriceList(list.name)}
      choices={items.map((item) => ({ value: item.sku, label: `${item.sku} · ${item.description}` }))}
      value={sku}
      onChange={(chosen) => choose(items.find((item) => item.sku === chosen))}
      onSearch={find}
    />
  );
}
