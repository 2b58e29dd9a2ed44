/** The list with `item` moved by some places. */
export function moved<Item>(list: readonly Item[], item: Item, by: number): Item[] {
  const rest = list.filter((each) => each !== item);
  rest.splice(list.indexOf(item) + by, 0, item);
  return rest;
}
