import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import type { Verdict } from './reaction.domain.js';
import type { Checkpoint } from './source-driver.js';

/** The lead of a stream, as long as nobody else has got it. */
export interface ClaimedLead {
  key: string;
  fence: number;
  cursor: Checkpoint | null;
}

interface LeadRow {
  fence: number;
  cursor_json: string | null;
}

const NO_WAIT = 'wait_state = NULL, wait_reason = NULL, wait_detail = NULL, wait_until = NULL';

/** All SQL about who reads a stream. */
@Injectable()
export class StreamLeadRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Takes the lead if nobody has it. */
  async claim(key: string, owner: string, leaseSeconds: number): Promise<ClaimedLead | undefined> {
    return this.transactions.run(async (tx) => {
      const row = (await this.lockFree(tx, key)) ?? (await this.addMissing(tx, key));
      if (!row) return undefined;
      await tx.query(
        `UPDATE stream_lead SET owner = ?, fence = fence + 1, opened_at = NULL,
                lease_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND WHERE stream_key = ?`,
        [owner, leaseSeconds, key],
      );
      const cursor = row.cursor_json === null ? null : (JSON.parse(row.cursor_json) as Checkpoint);
      return { key, fence: row.fence + 1, cursor };
    });
  }

  /** @returns false when the lead is lost */
  async renew(lead: ClaimedLead, leaseSeconds: number): Promise<boolean> {
    return this.fenced(lead, 'lease_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND', [leaseSeconds]);
  }

  /** Lets another process take over at once. */
  async release(lead: ClaimedLead): Promise<void> {
    await this.fenced(lead, 'lease_until = NULL, opened_at = NULL', []);
  }

  /** @returns false when the lead is lost */
  async saveCursor(tx: SqlExecutor, lead: ClaimedLead, cursor: Checkpoint, seenUpTo: Date): Promise<boolean> {
    return this.fenced(
      lead,
      `cursor_json = ?, seen_up_to = ?, opened_at = COALESCE(opened_at, UTC_TIMESTAMP(3)), ${NO_WAIT}`,
      [JSON.stringify(cursor), seenUpTo],
      tx,
    );
  }

  /** @returns false when the lead is lost */
  async saveOpened(tx: SqlExecutor, lead: ClaimedLead): Promise<boolean> {
    return this.fenced(lead, `opened_at = UTC_TIMESTAMP(3), hole_until = UTC_TIMESTAMP(3), ${NO_WAIT}`, [], tx);
  }

  /** @returns false when the lead is lost */
  async saveWait(lead: ClaimedLead, verdict: Verdict | null): Promise<boolean> {
    if (!verdict) return this.fenced(lead, NO_WAIT, []);
    const { state, reason, detail, delayMs, endKnown } = verdict;
    const until = endKnown && delayMs !== null ? Math.round(delayMs) * 1_000 : null;
    return this.fenced(
      lead,
      `wait_state = ?, wait_reason = ?, wait_detail = ?, wait_until = UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND, opened_at = NULL`,
      [state, reason, detail.slice(0, 500), until],
    );
  }

  /** Held until the end of the transaction. @returns false when the lead is lost */
  async holds(tx: SqlExecutor, lead: ClaimedLead): Promise<boolean> {
    return this.fenced(lead, 'fence = fence', [], tx);
  }

  private async lockFree(tx: SqlExecutor, key: string): Promise<LeadRow | undefined> {
    const rows = await tx.query<LeadRow[]>(
      `SELECT fence, cursor_json FROM stream_lead
        WHERE stream_key = ? AND (lease_until IS NULL OR lease_until <= UTC_TIMESTAMP(6)) FOR UPDATE SKIP LOCKED`,
      [key],
    );
    return rows[0];
  }

  /** A row per stream, for ever: without it two first leaders could not see each other. */
  private async addMissing(tx: SqlExecutor, key: string): Promise<LeadRow | undefined> {
    const known = await tx.query<unknown[]>('SELECT fence FROM stream_lead WHERE stream_key = ?', [key]);
    if (known.length > 0) return undefined;
    await tx.query("INSERT IGNORE INTO stream_lead (stream_key, owner) VALUES (?, '')", [key]);
    return this.lockFree(tx, key);
  }

  private async fenced(
    lead: ClaimedLead,
    assignments: string,
    values: unknown[],
    executor: SqlExecutor = this.transactions,
  ): Promise<boolean> {
    const result = await executor.query<{ affectedRows: number }>(
      `UPDATE stream_lead SET ${assignments} WHERE stream_key = ? AND fence = ? AND lease_until IS NOT NULL`,
      [...values, lead.key, lead.fence],
    );
    return result.affectedRows === 1;
  }
}
