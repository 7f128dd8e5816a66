import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';
import { afterFailure, afterSuccess, LARGEST, type PageSizeState } from './page-size.domain.js';

interface Row {
  page_size: number;
  failures: number;
  changed_at: Date;
}

/** The page size each part has come to; only parts that had trouble have a row. A part has one worker at a time. */
@Injectable()
export class PageSizeRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  async of(partId: number): Promise<PageSizeState> {
    const rows = await this.transactions.query<Row[]>(
      'SELECT page_size, failures, changed_at FROM upstream_page_size WHERE part_id = ?',
      [partId],
    );
    const row = rows[0];
    return row ? { size: row.page_size, failures: row.failures, changedAt: row.changed_at.getTime() } : LARGEST;
  }

  async failed(partId: number, before: PageSizeState): Promise<PageSizeState> {
    return this.save(partId, before, afterFailure(before, Date.now()));
  }

  async succeeded(partId: number, before: PageSizeState): Promise<PageSizeState> {
    return this.save(partId, before, afterSuccess(before, Date.now()));
  }

  private async save(partId: number, before: PageSizeState, after: PageSizeState): Promise<PageSizeState> {
    if (after.size === before.size && after.failures === before.failures) return after;
    if (after === LARGEST) {
      await this.transactions.query('DELETE FROM upstream_page_size WHERE part_id = ?', [partId]);
      return after;
    }
    await this.transactions.query(
      `INSERT INTO upstream_page_size (part_id, page_size, failures, changed_at) VALUES (?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE page_size = VALUES(page_size), failures = VALUES(failures), changed_at = VALUES(changed_at)`,
      [partId, after.size, after.failures, new Date(after.changedAt)],
    );
    return after;
  }
}
