import type { SqlExecutor } from '#libs/kernel';
import { CLAIM_LIMIT, type RelayMarks } from './outbox-relay.policy.js';

/** DI token of the {@link OutboxDatabase}; a service that stores events binds it. */
export const OUTBOX_DATABASE = Symbol.for('mirante:outbox-database');

/** The relay's way into the service's schema. */
export interface OutboxDatabase {
  /** Runs the work in one READ COMMITTED transaction. */
  transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T>;
}

export interface OutboxRow {
  id: string;
  event_id: string;
  routing_key: string;
  payload: string;
  headers: string;
  attempts: number;
}

const PURGE_LIMIT = 1_000;

/**
 * Locks the oldest rows nobody else is publishing. The locks last until the transaction ends, so a relay that dies
 * leaves nothing behind that has to expire.
 */
export async function claimRows(tx: SqlExecutor): Promise<OutboxRow[]> {
  const rows = await tx.query<OutboxRow[]>(
    `SELECT id, event_id, routing_key, payload, headers, attempts FROM outbox
     WHERE published_at IS NULL AND available_at <= UTC_TIMESTAMP(3)
     ORDER BY id LIMIT ${CLAIM_LIMIT} FOR UPDATE SKIP LOCKED`,
  );
  return rows.map((row) => ({ ...row, id: String(row.id) }));
}

export async function writeMarks(tx: SqlExecutor, { published, postponed }: RelayMarks): Promise<void> {
  if (published.length > 0) {
    await tx.query(`UPDATE outbox SET published_at = UTC_TIMESTAMP(3) WHERE id IN (${marks(published)})`, published);
  }
  for (const { delayMs, ids } of postponed) {
    await tx.query(
      `UPDATE outbox SET attempts = attempts + 1,
         available_at = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)) WHERE id IN (${marks(ids)})`,
      [delayMs * 1_000, ...ids],
    );
  }
}

export async function pendingStats(tx: SqlExecutor): Promise<{ pending: number; oldestAgeSeconds: number }> {
  const [row] = await tx.query<Array<{ pending: unknown; age: unknown }>>(
    `SELECT COUNT(*) AS pending, TIMESTAMPDIFF(MICROSECOND, MIN(created_at), UTC_TIMESTAMP(3)) AS age
     FROM outbox WHERE published_at IS NULL`,
  );
  return { pending: Number(row?.pending ?? 0), oldestAgeSeconds: Math.max(0, Number(row?.age ?? 0)) / 1e6 };
}

/** @returns rows deleted, at most 1000; call again while it is that many */
export async function purgePublished(tx: SqlExecutor, olderThanMs: number): Promise<number> {
  const result = await tx.query<{ affectedRows: number }>(
    `DELETE FROM outbox WHERE published_at IS NOT NULL
       AND published_at < TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)) LIMIT ${PURGE_LIMIT}`,
    [-olderThanMs * 1_000],
  );
  return result.affectedRows;
}

/** @returns rows deleted, at most 1000; call again while it is that many */
export async function purgeInbox(tx: SqlExecutor, olderThanMs: number): Promise<number> {
  const result = await tx.query<{ affectedRows: number }>(
    `DELETE FROM inbox WHERE accepted_at < TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3)) LIMIT ${PURGE_LIMIT}`,
    [-olderThanMs * 1_000],
  );
  return result.affectedRows;
}

/** Which of our two tables the schema has. */
export async function tablesOf(tx: SqlExecutor): Promise<{ outbox: boolean; inbox: boolean }> {
  const rows = await tx.query<Array<{ name: string }>>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_name IN ('outbox', 'inbox')`,
  );
  const names = new Set(rows.map(({ name }) => name));
  return { outbox: names.has('outbox'), inbox: names.has('inbox') };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
