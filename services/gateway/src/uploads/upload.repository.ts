import { Injectable } from '@nestjs/common';
import type { FileMarks } from '#libs/blobs';
import { TransactionRunner } from '#libs/persistence';
import { UploadQuotaError } from './uploads.errors.js';
import type { NewUpload, UploadCursor, UploadQuota, UploadRow } from './upload.types.js';

const COLUMNS = `id, tenant, bytes, metadata, handle, sha256, crc32, created_at, expires_at, expires_at <= NOW(3) AS expired`;

type Row = Omit<UploadRow, 'bytes' | 'expired'> & { bytes: string | number; expired: string | number };

/** All SQL about uploads in pieces. Times are those of the database. */
@Injectable()
export class UploadRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Notes an upload that is about to begin. @throws UploadQuotaError */
  async add({ id, tenant, bytes, metadata }: NewUpload, quota: UploadQuota, hours: number): Promise<void> {
    await this.transactions.run(async (tx) => {
      await tx.query('INSERT IGNORE INTO upload_tenant (tenant) VALUES (?)', [tenant]);
      // One at a time for each tenant, or two could have the same rest of the quota.
      await tx.query('SELECT tenant FROM upload_tenant WHERE tenant = ? FOR UPDATE', [tenant]);
      const [sums] = await tx.query<{ used: string | number; uploads: string | number }[]>(
        'SELECT COALESCE(SUM(bytes), 0) AS used, COUNT(*) AS uploads FROM upload WHERE tenant = ?',
        [tenant],
      );
      const used = Number(sums!.used);
      if (Number(sums!.uploads) >= quota.uploads) throw new UploadQuotaError({ quota_uploads: quota.uploads });
      if (used + bytes > quota.bytes) throw new UploadQuotaError({ quota_bytes: quota.bytes, used_bytes: used });
      await tx.query(
        `INSERT INTO upload (id, tenant, bytes, metadata, created_at, expires_at)
         VALUES (?, ?, ?, ?, NOW(3), NOW(3) + INTERVAL ? HOUR)`,
        [id, tenant, bytes, metadata, hours],
      );
    });
  }

  async setHandle(id: string, handle: string): Promise<void> {
    await this.transactions.query('UPDATE upload SET handle = ? WHERE id = ?', [handle, id]);
  }

  async find(id: string, tenant: string): Promise<UploadRow | undefined> {
    const [row] = await this.transactions.query<Row[]>(`SELECT ${COLUMNS} FROM upload WHERE id = ? AND tenant = ?`, [
      id,
      tenant,
    ]);
    return row && toUpload(row);
  }

  /** Newest first; only what is not over. */
  async list(tenant: string, limit: number, before: UploadCursor | undefined): Promise<UploadRow[]> {
    const rows = await this.transactions.query<Row[]>(
      `SELECT ${COLUMNS} FROM upload
        WHERE tenant = ? AND expires_at > NOW(3) AND handle IS NOT NULL
          ${before ? 'AND (created_at < ? OR (created_at = ? AND id < ?))' : ''}
        ORDER BY created_at DESC, id DESC LIMIT ?`,
      [tenant, ...(before ? [before.createdAt, before.createdAt, before.id] : []), limit],
    );
    return rows.map(toUpload);
  }

  /** Takes the right to write for some seconds, or keeps it. @returns false while somebody else has it */
  async hold(id: string, holder: string, seconds: number): Promise<boolean> {
    const { affectedRows } = await this.transactions.query<{ affectedRows: number }>(
      `UPDATE upload SET holder = ?, held_until = NOW(3) + INTERVAL ? SECOND
        WHERE id = ? AND (holder IS NULL OR holder = ? OR held_until <= NOW(3))`,
      [holder, seconds, id, holder],
    );
    return affectedRows === 1;
  }

  async release(id: string, holder: string, hours: number): Promise<void> {
    await this.transactions.query(
      `UPDATE upload SET holder = NULL, held_until = NULL, expires_at = NOW(3) + INTERVAL ? HOUR
        WHERE id = ? AND holder = ?`,
      [hours, id, holder],
    );
  }

  async setMarks(id: string, { sha256, crc32 }: FileMarks): Promise<void> {
    await this.transactions.query('UPDATE upload SET sha256 = ?, crc32 = ? WHERE id = ?', [sha256, crc32, id]);
  }

  async remove(id: string): Promise<void> {
    await this.transactions.query('DELETE FROM upload WHERE id = ?', [id]);
  }

  /** Uploads whose time is over and that nobody writes to. */
  async expired(limit: number): Promise<UploadRow[]> {
    const rows = await this.transactions.query<Row[]>(
      `SELECT ${COLUMNS} FROM upload
        WHERE expires_at <= NOW(3) AND (held_until IS NULL OR held_until <= NOW(3)) ORDER BY expires_at LIMIT ?`,
      [limit],
    );
    return rows.map(toUpload);
  }

  async isKnown(id: string): Promise<boolean> {
    const rows = await this.transactions.query<unknown[]>('SELECT id FROM upload WHERE id = ?', [id]);
    return rows.length > 0;
  }
}

function toUpload(row: Row): UploadRow {
  return { ...row, bytes: Number(row.bytes), expired: Number(row.expired) === 1 };
}
