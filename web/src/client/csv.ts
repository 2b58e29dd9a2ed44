// Tables as CSV files: comma or semicolon, UTF-8, as spreadsheets write and read them.

/** The rows of a CSV text; cells between quotes may hold anything. */
export function readCsv(text: string): readonly (readonly string[])[] {
  const [first = ''] = text.split('\n', 1);
  const separator = first.split(';').length > first.split(',').length ? ';' : ',';
  const rows: string[][] = [[]];
  let [cell, quoted] = ['', false];
  const end = () => {
    rows.at(-1)?.push(cell.trim());
    cell = '';
  };
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  for (let place = 0; place < plain.length; place += 1) {
    const sign = plain[place] ?? '';
    if (quoted && sign === '"' && plain[place + 1] === '"') {
      cell += '"';
      place += 1;
    } else if (sign === '"' && (quoted || !cell)) quoted = !quoted;
    else if (quoted) cell += sign;
    else if (sign === separator) end();
    else if (sign === '\n') {
      end();
      rows.push([]);
    } else cell += sign;
  }
  end();
  return rows.filter((row) => row.some(Boolean));
}

/** A CSV file that spreadsheets take for UTF-8, and of which they compute nothing: a formula begins with an apostrophe. */
export function writeCsv(rows: readonly (readonly (string | null | undefined)[])[]): Blob {
  const cell = (value: string | null | undefined) => `"${(value ?? '').replace(/^(?=[=+\-@\t])/, "'").replaceAll('"', '""')}"`;
  return new Blob(['\uFEFF', ...rows.map((row) => `${row.map(cell).join(',')}\r\n`)], { type: 'text/csv' });
}
