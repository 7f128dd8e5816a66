import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import type { Attempt, AttemptOutcome } from './webhook.types.js';

interface NewDelivery {
  id: string;
  webhookId: string;
  jobId: string;
  taskStatus: string;
  body: string;
}

/** All SQL about the calls of webhooks. Times are those of the database. */
@Injectable()
export class DeliveryRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  async add(tx: SqlExecutor, { id, webhookId, jobId, taskStatus, body }: NewDelivery): Promise<void> {
    await tx.query(
      `INSERT INTO webhook_delivery
         (id, webhook_id, job_id, task_status, body_json, state, attempts, next_at, created_at)
       VALUES (?, ?, ?, ?, ?, 'pending', 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [id, webhookId, jobId, taskStatus, body],
    );
  }

  /** Takes calls that are due; until `leaseSeconds` are over nobody else does. */
  async take(limit: number, leaseSeconds: number): Promise<Attempt[]> {
    return this.transactions.run(async (tx) => {
      const due = await tx.query<{ id: string }[]>(
        `SELECT id FROM webhook_delivery WHERE state = 'pending' AND next_at <= UTC_TIMESTAMP(3)
          ORDER BY next_at LIMIT ? FOR UPDATE SKIP LOCKED`,
        [limit],
      );
      if (due.length === 0) return [];
      const ids = due.map(({ id }) => id);
      await tx.query(
        `UPDATE webhook_delivery SET attempts = attempts + 1, next_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
          WHERE id IN (?)`,
        [leaseSeconds, ids],
      );
      return tx.query<Attempt[]>(
        `SELECT d.id, d.webhook_id AS webhookId, d.attempts AS number, w.url, w.secret, d.body_json AS body
           FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id WHERE d.id IN (?)`,
        [ids],
      );
    });
  }

  async succeeded({ id, number }: Attempt, status: number): Promise<void> {
    await this.transactions.query(
      `UPDATE webhook_delivery
          SET state = 'delivered', last_status = ?, last_error = NULL, delivered_at = UTC_TIMESTAMP(3)
        WHERE id = ? AND attempts = ? AND state = 'pending'`,
      [status, id, number],
    );
  }

  /** @param againInSeconds null when it is given up */
  async failed({ id, number }: Attempt, outcome: AttemptOutcome, againInSeconds: number | null): Promise<void> {
    await this.transactions.query(
      `UPDATE webhook_delivery
          SET state = ?, last_status = ?, last_error = ?, next_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
        WHERE id = ? AND attempts = ? AND state = 'pending'`,
      [
        againInSeconds === null ? 'failed' : 'pending',
        outcome.status,
        outcome.error?.slice(0, 200) ?? null,
        againInSeconds ?? 0,
        id,
        number,
      ],
    );
  }

  async forgetOld(days: number): Promise<void> {
    await this.transactions.query(
      `DELETE FROM webhook_delivery
        WHERE state <> 'pending' AND created_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY LIMIT 1000`,
      [days],
    );
  }
}
