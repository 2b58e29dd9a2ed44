// A picture of figures. Its table says the same to screen readers, and to whoever prefers to read it.
import { useId, useState, type ReactNode } from 'react';
import { Button } from '../ui/buttons';
import { Table, type Column } from '../ui/table';
import { useWords } from '../words';

interface Props<Row> {
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  /** What stands beside the title, as the choice of a period. */
  readonly tools?: ReactNode;
  /** The picture. It is hidden from screen readers, so that nothing in it takes the focus. */
  readonly children: ReactNode;
}

export function Figure<Row>({ title, columns, rows, id, tools, children }: Props<Row>) {
  const words = useWords();
  const heading = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className="chart" aria-labelledby={heading}>
      <figcaption>
        <h3 id={heading}>{title}</h3>
        <span className="tools">
          {tools}
          <Button kind="quiet" className="small" onPress={() => setAsTable(!asTable)} label={`${asTable ? words.seePicture : words.seeTable}: ${title}`}>
            {asTable ? words.seePicture : words.seeTable}
          </Button>
        </span>
      </figcaption>
      {!asTable && <div aria-hidden="true">{children}</div>}
      <div className={asTable ? '' : 'unseen'}>
        <Table label={title} rows={rows} id={id} columns={columns} />
      </div>
    </figure>
  );
}
