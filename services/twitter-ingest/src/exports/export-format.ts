import { stringify } from 'csv-stringify/sync';
import type { ExportFormat } from '#libs/contracts';
import type { ExportRow, WholeRow } from './export-rows.js';

type Cell = string | number | null;

const COLUMNS: readonly [name: string, value: (row: Partial<WholeRow>) => Cell | undefined][] = [
  ['source', (row) => row.source],
  ['id', (row) => row.id],
  ['tag', (row) => row.tag],
  ['url', (row) => row.url],
  ['posted_at', (row) => row.posted_at],
  ['kind', (row) => row.kind],
  ['text', (row) => row.text],
  ['lang', (row) => row.lang],
  ['country', (row) => row.country],
  ['tags', (row) => row.tags?.map(({ tag }) => tag).join(' ')],
  ['author_id', (row) => row.author?.id],
  ['author_username', (row) => row.author?.username],
  ['author_name', (row) => row.author?.name],
  ['author_followers', (row) => row.author?.followers],
  ['reposts', (row) => row.metrics?.reposts],
  ['replies', (row) => row.metrics?.replies],
  ['likes', (row) => row.metrics?.likes],
  ['quotes', (row) => row.metrics?.quotes],
  ['sensitive', (row) => row.sensitive?.toString()],
  ['edited', (row) => row.edited?.toString()],
];

/**
 * RFC 4180 in UTF-8. A cell that a spreadsheet would take for a formula gets a leading apostrophe; a cell with another
 * usual separator in it is quoted too, lest a spreadsheet that splits there finds a formula behind it.
 */
const CSV = { record_delimiter: '\r\n', escape_formulas: true, quoted_match: /[;|\t\r\n']/ } as const;

/** What a file begins with. */
export function headOf(format: ExportFormat): string {
  return format === 'csv' ? stringify([COLUMNS.map(([name]) => name)], CSV) : '';
}

/** Rows as whole lines. */
export function linesOf(rows: readonly ExportRow[], format: Exclude<ExportFormat, 'ids'>): string {
  if (format === 'csv')
    return stringify(
      rows.map((row) => COLUMNS.map(([, value]) => value(row) ?? '')),
      CSV,
    );
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** One id a line; a line break within an id, which no network has, would make two of it. */
export function idLinesOf(ids: readonly string[]): string {
  return ids.map((id) => `${id.replace(/[\u0000-\u001f\u007f]/g, encodeURIComponent)}\n`).join('');
}

/** Bytes the text takes in a message, where it travels as a JSON string. */
export function travellingBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
