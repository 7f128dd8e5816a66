import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TransactionRunner, insertRows } from '#libs/persistence';
import type { ClaimedImport, ImportError, ImportRow, NewImport, Progress } from './archive-import.types.js';

/** Bad lines that are kept word for word; all are counted. */
export const MAX_STORED_ERRORS = 100;

interface ClaimRow {
  id: string;
  blob_ref: string;
  tag: string | null;
  next_record: number;
  posts_invalid: number;
  attempts: number;
  fence: number;
  traceparent: string;
  request_id: string;
  created_at: Date;
}

/** All SQL about archive imports. */
@Injectable()
export class ArchiveImportRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Adds an import; one with the same id stays as it is. */
  async add(job: NewImport): Promise<void> {
    await this.transactions.query(
      `INSERT IGNORE INTO archive_import
         (id, tenant, tag, blob_ref, bytes, state, traceparent, request_id, created_at)
       VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, UTC_TIMESTAMP(3))`,
      [job.id, job.tenant, job.tag, job.blob, job.bytes, job.traceparent, job.requestId],
    );
  }

  async getOwned(id: string, tenant: string): Promise<ImportRow | undefined> {
    const rows = await this.transactions.query<ImportRow[]>(
      'SELECT * FROM archive_import WHERE id = ? AND tenant = ?',
      [id, tenant],
    );
    return rows[0];
  }

  async listOwned(tenant: string, before: { at: Date; id: string } | null, limit: number): Promise<ImportRow[]> {
    const position = before ? 'AND (created_at < ? OR (created_at = ? AND id < ?))' : '';
    return this.transactions.query<ImportRow[]>(
      `SELECT * FROM archive_import WHERE tenant = ? ${position} ORDER BY created_at DESC, id DESC LIMIT ?`,
      [tenant, ...(before ? [before.at, before.at, before.id] : []), limit],
    );
  }

  async errorsOf(ids: readonly string[]): Promise<Map<string, ImportError[]>> {
    const byImport = new Map<string, ImportError[]>();
    if (ids.length === 0) return byImport;
    const rows = await this.transactions.query<{ import_id: string; line: number; reason: string }[]>(
      'SELECT import_id, line, reason FROM archive_import_error WHERE import_id IN (?) ORDER BY import_id, line, seq',
      [ids],
    );
    for (const { import_id, line, reason } of rows) {
      const list = byImport.get(import_id);
      if (list) list.push({ line, reason });
      else byImport.set(import_id, [{ line, reason }]);
    }
    return byImport;
  }

  /** Takes the oldest import that waits or whose worker has gone silent; the fence shuts that worker out. */
  async claim(leaseSeconds: number): Promise<ClaimedImport | undefined> {
    return this.transactions.run(async (tx) => {
      const rows = await tx.query<ClaimRow[]>(
        `SELECT id, blob_ref, tag, next_record, posts_invalid, attempts, fence, traceparent, request_id, created_at
           FROM archive_import
          WHERE state = 'queued' OR (state = 'running' AND lease_until < UTC_TIMESTAMP(6))
          ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      );
      const row = rows[0];
      if (!row) return undefined;
      await tx.query(
        `UPDATE archive_import
            SET state = 'running', fence = fence + 1, attempts = attempts + 1,
                lease_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND
          WHERE id = ?`,
        [leaseSeconds, row.id],
      );
      return {
        id: row.id,
        blob: row.blob_ref,
        tag: row.tag,
        nextRecord: row.next_record,
        invalid: row.posts_invalid,
        attempts: row.attempts + 1,
        fence: row.fence + 1,
        traceparent: row.traceparent,
        requestId: row.request_id,
        createdAt: row.created_at,
      };
    });
  }

  /** @returns false when the lease is lost */
  async renewLease(claim: ClaimedImport, leaseSeconds: number): Promise<boolean> {
    return this.fenced(undefined, claim, 'lease_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND', [leaseSeconds]);
  }

  /** Gives the import back through no fault of its own, so that no worker need wait for the lease to run out. */
  async release(claim: ClaimedImport): Promise<void> {
    await this.fenced(undefined, claim, 'lease_until = UTC_TIMESTAMP(6), attempts = attempts - 1', []);
  }

  /** Gives the import back after a fault; each one makes the next try wait longer. */
  async postpone(claim: ClaimedImport): Promise<void> {
    await this.fenced(undefined, claim, 'lease_until = UTC_TIMESTAMP(6) + INTERVAL attempts SECOND', []);
  }

  /** Moves the checkpoint in the transaction that stores the rows before it. @returns false when the lease is lost */
  async saveProgress(tx: EntityManager, claim: ClaimedImport, progress: Progress): Promise<boolean> {
    const held = await this.fenced(
      tx,
      claim,
      `next_record = ?, lines_read = ?, format = ?, posts_new = posts_new + ?, posts_duplicate = posts_duplicate + ?,
       posts_invalid = posts_invalid + ?, events_emitted = events_emitted + ?, attempts = 0`,
      [
        progress.nextRecord,
        progress.lines,
        progress.format,
        progress.new,
        progress.duplicate,
        progress.errors.length,
        progress.events,
      ],
    );
    if (held) await this.addErrors(tx, claim, progress.errors);
    return held;
  }

  /** The file is read to its end: done once the roll-ups have caught up, which may already be so. */
  async finishReading(tx: EntityManager, claim: ClaimedImport): Promise<boolean> {
    return this.fenced(
      tx,
      claim,
      `finished_at = IF(events_applied >= events_emitted, UTC_TIMESTAMP(3), NULL),
       state = IF(events_applied >= events_emitted, 'done', 'parsed')`,
      [],
    );
  }

  async fail(claim: ClaimedImport, reason: string): Promise<void> {
    await this.fenced(undefined, claim, "state = 'failed', reason = ?, finished_at = UTC_TIMESTAMP(3)", [
      reason.slice(0, 1_000),
    ]);
  }

  /** Counts events that the roll-ups now include. */
  async countApplied(tx: EntityManager, id: string, events: number): Promise<void> {
    await tx.query('UPDATE archive_import SET events_applied = events_applied + ? WHERE id = ?', [events, id]);
    await tx.query(
      `UPDATE archive_import SET state = 'done', finished_at = UTC_TIMESTAMP(3)
        WHERE id = ? AND state = 'parsed' AND events_applied >= events_emitted`,
      [id],
    );
  }

  /** Those of the files that an import still needs. */
  async blobsInUse(refs: readonly string[]): Promise<Set<string>> {
    const rows = await this.transactions.query<{ blob_ref: string }[]>(
      "SELECT DISTINCT blob_ref FROM archive_import WHERE blob_ref IN (?) AND state IN ('queued', 'running')",
      [refs],
    );
    return new Set(rows.map((row) => row.blob_ref));
  }

  private async fenced(
    tx: EntityManager | undefined,
    claim: ClaimedImport,
    assignments: string,
    values: unknown[],
  ): Promise<boolean> {
    const sql = `UPDATE archive_import SET ${assignments} WHERE id = ? AND fence = ? AND state = 'running'`;
    const parameters = [...values, claim.id, claim.fence];
    // mysql2 counts matched rows (CLIENT_FOUND_ROWS), so an update that changes nothing still counts.
    const result = tx
      ? await tx.query<{ affectedRows: number }>(sql, parameters)
      : await this.transactions.query<{ affectedRows: number }>(sql, parameters);
    return result.affectedRows === 1;
  }

  private async addErrors(tx: EntityManager, claim: ClaimedImport, errors: readonly ImportError[]): Promise<void> {
    const room = Math.max(0, MAX_STORED_ERRORS - claim.invalid);
    const rows = errors
      .slice(0, room)
      .map(({ line, reason }, index) => [claim.id, line, claim.invalid + index, reason.slice(0, 500)]);
    await insertRows(tx, 'archive_import_error', ['import_id', 'line', 'seq', 'reason'], rows);
  }
}
