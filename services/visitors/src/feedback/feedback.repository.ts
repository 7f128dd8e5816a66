import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';
import type { FeedbackMailState } from '#libs/contracts';
import type { ClaimedMail, NewFeedback, StoredFeedback } from './feedback.types.js';

interface Row {
  id: string;
  tenant: string;
  message: string;
  email: string | null;
  page: string | null;
  created_at: Date;
  mail_state: FeedbackMailState;
  mail_attempts: number;
  mail_fence: number;
}

/** All SQL about feedback. */
@Injectable()
export class FeedbackRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Adds feedback; one with the same id stays as it is. @returns false when it was there */
  async add(feedback: NewFeedback, toBeMailed: boolean): Promise<boolean> {
    const { affectedRows } = await this.transactions.query<{ affectedRows: number }>(
      `INSERT IGNORE INTO feedback (id, tenant, message, email, page, created_at, mail_state, mail_due_at)
       VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), ?, IF(?, UTC_TIMESTAMP(3), NULL))`,
      [
        feedback.id,
        feedback.tenant,
        feedback.message,
        feedback.email,
        feedback.page,
        toBeMailed ? 'waiting' : 'none',
        toBeMailed,
      ],
    );
    return affectedRows === 1;
  }

  async get(id: string): Promise<StoredFeedback | undefined> {
    const rows = await this.transactions.query<Row[]>('SELECT * FROM feedback WHERE id = ?', [id]);
    return rows[0] && toFeedback(rows[0]);
  }

  /** Newest first. */
  async list(before: { at: Date; id: string } | undefined, limit: number): Promise<StoredFeedback[]> {
    const position = before ? 'WHERE created_at < ? OR (created_at = ? AND id < ?)' : '';
    const rows = await this.transactions.query<Row[]>(
      `SELECT * FROM feedback ${position} ORDER BY created_at DESC, id DESC LIMIT ?`,
      [...(before ? [before.at, before.at, before.id] : []), limit],
    );
    return rows.map(toFeedback);
  }

  /** Takes the mail that has been due for longest. Nobody else gets it before the lease runs out. */
  async claimMail(leaseSeconds: number): Promise<ClaimedMail | undefined> {
    return this.transactions.run(async (tx) => {
      const rows = await tx.query<Row[]>(
        `SELECT * FROM feedback WHERE mail_state = 'waiting' AND mail_due_at <= UTC_TIMESTAMP(3)
          ORDER BY mail_due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      );
      const row = rows[0];
      if (!row) return undefined;
      await tx.query(
        `UPDATE feedback SET mail_attempts = mail_attempts + 1, mail_fence = mail_fence + 1,
           mail_due_at = TIMESTAMPADD(SECOND, ?, UTC_TIMESTAMP(3)) WHERE id = ?`,
        [leaseSeconds, row.id],
      );
      return { ...toFeedback(row), attempt: row.mail_attempts + 1, fence: row.mail_fence + 1 };
    });
  }

  /** @returns false when another process has taken the mail over */
  markSent(mail: ClaimedMail): Promise<boolean> {
    return this.fenced(mail, "mail_state = 'sent', mailed_at = UTC_TIMESTAMP(3), mail_due_at = NULL", []);
  }

  postpone(mail: ClaimedMail, delayMs: number): Promise<boolean> {
    return this.fenced(mail, 'mail_due_at = TIMESTAMPADD(MICROSECOND, ?, UTC_TIMESTAMP(3))', [delayMs * 1_000]);
  }

  giveUp(mail: ClaimedMail): Promise<boolean> {
    return this.fenced(mail, "mail_state = 'failed', mail_due_at = NULL", []);
  }

  async waitingMails(): Promise<number> {
    const rows = await this.transactions.query<{ waiting: number }[]>(
      "SELECT COUNT(*) AS waiting FROM feedback WHERE mail_state = 'waiting'",
    );
    return Number(rows[0]?.waiting ?? 0);
  }

  private async fenced({ id, fence }: ClaimedMail, assignments: string, values: unknown[]): Promise<boolean> {
    const { affectedRows } = await this.transactions.query<{ affectedRows: number }>(
      `UPDATE feedback SET ${assignments} WHERE id = ? AND mail_fence = ? AND mail_state = 'waiting'`,
      [...values, id, fence],
    );
    return affectedRows === 1;
  }
}

function toFeedback(row: Row): StoredFeedback {
  const { id, tenant, message, email, page } = row;
  return { id, tenant, message, email, page, createdAt: row.created_at, mail: row.mail_state };
}
