/** What a statement does and to which table: the labels of the database metrics. */
export interface StatementName {
  operation: string;
  table: string;
}

const OPERATION = /^\s*([A-Za-z]+)/;
/** MariaDB's settings for one statement, in front of it. */
const SETTINGS = /^\s*SET STATEMENT\s.*?\sFOR\s+/i;
const TABLE = /\b(?:FROM|INTO|UPDATE|TABLE)\s+`?([A-Za-z_][A-Za-z0-9_]*)/i;
const KNOWN = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'COMMIT', 'ROLLBACK', 'START', 'WITH']);

/**
 * Names a statement after OpenTelemetry's database conventions (`db.operation.name`, `db.collection.name`). Only the
 * head of the text is read, so that a multi-row insert of a megabyte costs nothing.
 */
export function nameStatement(sql: string): StatementName {
  const head = sql.slice(0, 400).replace(SETTINGS, '');
  const word = OPERATION.exec(head)?.[1]?.toUpperCase() ?? '';
  const operation = KNOWN.has(word) ? word : '_OTHER';
  const table = operation === '_OTHER' ? '' : (TABLE.exec(head)?.[1]?.toLowerCase() ?? '');
  return { operation, table };
}
