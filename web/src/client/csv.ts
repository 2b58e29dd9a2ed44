// Tables as CSV files, as spreadsheets write and read them.
import Papa from 'papaparse';

/** The rows of a CSV file. Excel in Spanish writes it between semicolons, and in Windows-1252 where one does not choose UTF-8. */
export async function readCsv(file: Blob): Promise<readonly (readonly string[])[]> {
  const bytes = await file.arrayBuffer();
  const { data } = Papa.parse<string[]>(textOf(bytes), { delimitersToGuess: [',', ';', '\t'], skipEmptyLines: 'greedy' });
  return data.map((row) => row.map((cell) => cell.trim()));
}

function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** A CSV file that spreadsheets take for UTF-8, and of which they compute nothing: a formula begins with an apostrophe. */
export function writeCsv(rows: readonly (readonly (string | null | undefined)[])[]): Blob {
  const text = Papa.unparse(rows as unknown[][], { quotes: true, escapeFormulae: true });
  return new Blob(['\uFEFF', text, '\r\n'], { type: 'text/csv' });
}
