import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import type { DeliveryRow, WebhookRow } from './webhook.types.js';

const COLUMNS = 'id, tenant, url, kinds, secret, enabled, created_at';

/** All SQL about whom to call. */
@Injectable()
export class WebhookRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** A repetition changes nothing. */
  async add(row: Pick<WebhookRow, 'id' | 'tenant' | 'url' | 'kinds' | 'secret'>): Promise<void> {
    await this.transactions.query(
      `INSERT IGNORE INTO webhook (${COLUMNS}) VALUES (?, ?, ?, ?, ?, 1, UTC_TIMESTAMP(3))`,
      [row.id, row.tenant, row.url, row.kinds, row.secret],
    );
  }

  async list(tenant: string, db: SqlExecutor = this.transactions): Promise<WebhookRow[]> {
    return db.query<WebhookRow[]>(`SELECT ${COLUMNS} FROM webhook WHERE tenant = ? ORDER BY created_at, id`, [tenant]);
  }

  async find(id: string, tenant: string): Promise<WebhookRow | undefined> {
    const rows = await this.transactions.query<WebhookRow[]>(
      `SELECT ${COLUMNS} FROM webhook WHERE id = ? AND tenant = ?`,
      [id, tenant],
    );
    return rows[0];
  }

  async remove(id: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      await tx.query('DELETE FROM webhook WHERE id = ?', [id]);
      await tx.query('DELETE FROM webhook_delivery WHERE webhook_id = ?', [id]);
    });
  }

  async disable(id: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      await tx.query('UPDATE webhook SET enabled = 0 WHERE id = ?', [id]);
      await tx.query("UPDATE webhook_delivery SET state = 'failed' WHERE webhook_id = ? AND state = 'pending'", [id]);
    });
  }

  async deliveries(webhookId: string, limit: number): Promise<DeliveryRow[]> {
    return this.transactions.query<DeliveryRow[]>(
      `SELECT id, job_id, task_status, state, attempts, next_at, last_status, last_error, created_at, delivered_at
         FROM webhook_delivery WHERE webhook_id = ? ORDER BY created_at DESC, id DESC LIMIT ?`,
      [webhookId, limit],
    );
  }
}
