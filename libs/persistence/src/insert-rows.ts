import type { SqlExecutor } from '#libs/kernel';

export interface InsertOptions {
  /** `INSERT IGNORE`: rows whose key exists are left as they are. Validate first: it hides truncation as well. */
  ignore?: boolean;
  /** Text after `ON DUPLICATE KEY UPDATE`, with `VALUES(column)`, the form both MariaDB and MySQL parse. */
  onDuplicate?: string;
  /** Rows per statement; the default keeps a statement below `max_allowed_packet` for rows of some kilobytes. */
  chunkSize?: number;
}

/**
 * Raw multi-row insert, an order of magnitude faster than saving entities. Names of table and columns are the caller's
 * own literals, values are bound.
 *
 * @returns sum of `affectedRows`; do not read "new or not" from it (a changed row counts as 2)
 */
export async function insertRows(
  tx: SqlExecutor,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  options: InsertOptions = {},
): Promise<number> {
  const { ignore = false, onDuplicate, chunkSize = 1_000 } = options;
  const head = `INSERT ${ignore ? 'IGNORE ' : ''}INTO ${table} (${columns.join(', ')}) VALUES ?`;
  const sql = onDuplicate ? `${head} ON DUPLICATE KEY UPDATE ${onDuplicate}` : head;
  let affected = 0;
  for (let start = 0; start < rows.length; start += chunkSize) {
    const result = await tx.query<{ affectedRows: number }>(sql, [rows.slice(start, start + chunkSize)]);
    affected += result.affectedRows;
  }
  return affected;
}
