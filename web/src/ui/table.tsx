// Tables that are read row by row on a narrow screen: each cell then bears its column's name. The roles are spelt out,
// since a browser takes a table laid out in another way for no table.
import type { ReactNode } from 'react';
import { useWords } from '../words';
import { IconDown, IconUp } from './icons';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures stand at the right. */
  readonly figure?: boolean;
  /** The order's field that this column sorts by. */
  readonly sorts?: string;
  /** The cell that names its row. */
  readonly heads?: boolean;
}

export interface Sorted {
  readonly field: string;
  readonly descending: boolean;
}

interface Props<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly sorted?: Sorted | undefined;
  readonly onSort?: (sorted: Sorted) => void;
  readonly selection?: Selection<Row> | undefined;
}

/** Rows that are chosen to be changed together. */
export interface Selection<Row> {
  readonly chosen: ReadonlySet<string>;
  readonly choose: (ids: ReadonlySet<string>) => void;
  readonly name: (row: Row) => string;
}

export function Table<Row>({ label, columns, rows, id, sorted, onSort, selection }: Props<Row>) {
  return (
    <div className="table-box">
      <table className="table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {selection && <ChooseAll selection={selection} ids={rows.map(id)} />}
            {columns.map((column) => (
              <Head key={column.key} column={column} sorted={sorted} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={id(row)} className={selection?.chosen.has(id(row)) ? 'chosen' : ''}>
              {selection && <Choose selection={selection} row={row} id={id(row)} />}
              {columns.map(({ key, title, cell, figure, heads }) => {
                const content = cell(row);
                const Cell = heads ? 'th' : 'td';
                return (
                  <Cell
                    key={key}
                    role={heads ? 'rowheader' : 'cell'}
                    scope={heads ? 'row' : undefined}
                    data-title={title}
                    className={`${figure ? 'figure' : ''} ${title ? '' : 'tools-cell'} ${content === null || content === '' ? 'blank' : ''}`}
                  >
                    {content}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ChooseAll<Row>({ selection: { chosen, choose }, ids }: { selection: Selection<Row>; ids: readonly string[] }) {
  const words = useWords();
  const all = ids.every((each) => chosen.has(each));
  return (
    <th role="columnheader" scope="col" className="check-cell">
      <input
        type="checkbox"
        aria-label={words.chooseAll}
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = !all && chosen.size > 0;
        }}
        onChange={() => choose(all ? new Set() : new Set(ids))}
      />
    </th>
  );
}

function Choose<Row>({ selection: { chosen, choose, name }, row, id }: { selection: Selection<Row>; row: Row; id: string }) {
  const words = useWords();
  const others = [...chosen].filter((each) => each !== id);
  const on = chosen.has(id);
  return (
    <td role="cell" className="check-cell">
      <input type="checkbox" aria-label={words.chooseRow(name(row))} checked={on} onChange={() => choose(new Set(on ? others : [...others, id]))} />
    </td>
  );
}

function Head<Row>({ column, sorted, onSort }: { column: Column<Row>; sorted: Sorted | undefined; onSort: ((sorted: Sorted) => void) | undefined }) {
  const words = useWords();
  const { sorts, title, figure } = column;
  const here = sorts !== undefined && sorted?.field === sorts;
  const direction = here ? (sorted.descending ? 'descending' : 'ascending') : 'none';
  return (
    <th role="columnheader" scope="col" className={figure ? 'figure' : ''} {...(sorts ? { 'aria-sort': direction } : {})}>
      {sorts && onSort ? (
        <button type="button" className="sort" title={words.sortBy(title)} onClick={() => onSort({ field: sorts, descending: here && !sorted.descending })}>
          {title}
          {here && (sorted.descending ? <IconDown /> : <IconUp />)}
        </button>
      ) : (
        title || <span className="unseen">{words.administrativePanel}</span>
      )}
    </th>
  );
}
