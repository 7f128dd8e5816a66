import { Injectable } from '@nestjs/common';
import type { CaptureSource, Source } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner, insertRows } from '#libs/persistence';
import { ASK_COLUMNS, toAsk, type AskRow } from './capture-ask.row.js';
import type { StepProgress } from './capture.types.js';
import { ADD_PROGRESS, progressValues } from './part-progress.js';
import type { CaptureAsk, FollowedPart, FoundGap } from './source-driver.js';

/** A part that a stream may follow, with what its capture asks for. */
export interface FollowedRow {
  part: FollowedPart;
  ask: CaptureAsk;
}

/** All SQL about parts that is not part of their own steps: what streams do to them, and their gaps. */
@Injectable()
export class FollowedPartRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  async addGaps(tx: SqlExecutor, parts: readonly { partId: number; captureId: string }[], gaps: readonly FoundGap[]) {
    const rows = parts.flatMap(({ partId, captureId }) =>
      gaps.map((gap) => [captureId, partId, gap.from, gap.to, gap.reason.slice(0, 100)]),
    );
    await insertRows(tx, 'capture_gap', ['capture_id', 'part_id', 'from_at', 'to_at', 'reason'], rows);
  }

  /** Parts of a source that are followed now; those that are stopped cost nothing and get nothing. */
  async followed(source: CaptureSource, storedAs: Source): Promise<FollowedRow[]> {
    const rows = await this.transactions.query<(AskRow & { part_id: number })[]>(
      `SELECT p.id AS part_id, ${ASK_COLUMNS}
         FROM capture_part p JOIN capture c ON c.id = p.capture_id
        WHERE p.source = ? AND p.stored_as = ? AND p.is_held = 0 AND p.state IN ('running', 'waiting')
          AND c.mode = 'follow'
        ORDER BY p.id`,
      [source, storedAs],
    );
    return rows.map((row): FollowedRow => {
      const { part_id: partId, id: captureId, tag, budget_micro_usd: budgetMicroUsd, created_at: since } = row;
      return { part: { partId, captureId, tag, tagKey: tag, budgetMicroUsd, since }, ask: toAsk(row) };
    });
  }

  /** What a stream brought for a part that somebody else may be polling at the same time. */
  async addStreamed(tx: SqlExecutor, partId: number, progress: StepProgress): Promise<void> {
    await tx.query(`UPDATE capture_part SET ${ADD_PROGRESS} WHERE id = ?`, [...progressValues(progress), partId]);
  }

  /** Stops the given parts whose capture has spent all it may. @returns the parts stopped */
  async stopSpent(tx: SqlExecutor, partIds: readonly number[]): Promise<number[]> {
    if (partIds.length === 0) return [];
    const rows = await tx.query<{ id: number }[]>(
      `SELECT p.id FROM capture_part p
         JOIN capture c ON c.id = p.capture_id
         JOIN capture_part q ON q.capture_id = p.capture_id
        WHERE p.id IN (?) AND p.state IN ('running', 'waiting') AND c.budget_micro_usd IS NOT NULL
        GROUP BY p.id, c.budget_micro_usd HAVING SUM(q.spent_micro_usd) >= c.budget_micro_usd`,
      [partIds],
    );
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return ids;
    await tx.query(
      `UPDATE capture_part SET state = 'stopped', next_step_at = NULL,
              wait_reason = 'budget', wait_detail = 'the capture has spent its budget', wait_until = NULL
        WHERE id IN (?)`,
      [ids],
    );
    return ids;
  }

  /**
   * The given parts take a step at once; one that is being taken does not count. Those that wait go on waiting, and learn
   * then that they were asked.
   */
  async poke(executor: SqlExecutor, partIds: readonly number[]): Promise<void> {
    if (partIds.length === 0) return;
    await executor.query(
      `UPDATE capture_part
          SET pokes = pokes + 1, next_step_at = IF(state = 'running', UTC_TIMESTAMP(6), next_step_at)
        WHERE id IN (?) AND next_step_at IS NOT NULL`,
      [partIds],
    );
  }
}
