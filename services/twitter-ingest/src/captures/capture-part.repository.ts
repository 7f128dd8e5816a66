import { Injectable } from '@nestjs/common';
import type { CapturePhase, CaptureSource, Source, WaitReason } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { ASK_COLUMNS, toAsk, type AskRow } from './capture-ask.row.js';
import type { ClaimedPart, StepProgress } from './capture.types.js';
import { ADD_PROGRESS, latest, progressValues } from './part-progress.js';
import type { Verdict } from './reaction.domain.js';
import type { Checkpoint, StepResult } from './source-driver.js';

interface ClaimRow {
  id: number;
  capture_id: string;
  source: CaptureSource;
  stored_as: Source;
  target: string;
  state: string;
  phase: CapturePhase;
  checkpoint_json: string | null;
  attempts: number;
  fence: number;
  pokes: number;
}

/** When the next step is due; at once when somebody asked for one while this one ran. */
const NEXT_STEP = 'next_step_at = UTC_TIMESTAMP(6) + INTERVAL (IF(pokes = ?, ?, 0) * 1000) MICROSECOND';
/** What ends with a new credential. While the old one is halted, a part that looks again is told so without a request. */
const HALT_REASONS: readonly WaitReason[] = ['auth', 'credits', 'forbidden', 'usage-cap'];

const NO_WAIT = 'wait_reason = NULL, wait_detail = NULL, wait_until = NULL';

/** All SQL of the workers: which part is due, who has it, what its steps add. */
@Injectable()
export class CapturePartRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * Takes parts that are due and nobody works on; the fence shuts out a worker that had them before.
   *
   * @param served sources this process can ask, as they are asked and as they are stored
   */
  async claim(
    served: readonly { source: CaptureSource; storedAs: Source }[],
    limit: number,
    leaseSeconds: number,
  ): Promise<ClaimedPart[]> {
    if (served.length === 0 || limit === 0) return [];
    const sources = served.map(() => '(source = ? AND stored_as = ?)').join(' OR ');
    return this.transactions.run(async (tx) => {
      const rows = await tx.query<ClaimRow[]>(
        `SELECT id, capture_id, source, stored_as, target, state, phase, checkpoint_json, attempts, fence, pokes
           FROM capture_part
          WHERE is_held = 0 AND next_step_at <= UTC_TIMESTAMP(6)
            AND (lease_until IS NULL OR lease_until <= UTC_TIMESTAMP(6)) AND (${sources})
          ORDER BY next_step_at LIMIT ? FOR UPDATE SKIP LOCKED`,
        [...served.flatMap(({ source, storedAs }) => [source, storedAs]), limit],
      );
      if (rows.length === 0) return [];
      await tx.query(
        'UPDATE capture_part SET fence = fence + 1, lease_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND WHERE id IN (?)',
        [leaseSeconds, rows.map((row) => row.id)],
      );
      const asks = await tx.query<AskRow[]>(`SELECT ${ASK_COLUMNS} FROM capture c WHERE id IN (?)`, [
        [...new Set(rows.map((row) => row.capture_id))],
      ]);
      const byId = new Map(asks.map((ask) => [ask.id, ask]));
      return rows.map((row) => toClaim(row, byId.get(row.capture_id)!));
    });
  }

  /** @returns those of the claims whose lease is lost */
  async renewLeases(claims: readonly ClaimedPart[], leaseSeconds: number): Promise<ClaimedPart[]> {
    const lost: ClaimedPart[] = [];
    for (const claim of claims) {
      const held = await this.fenced(claim, 'lease_until = UTC_TIMESTAMP(6) + INTERVAL ? SECOND', [leaseSeconds]);
      if (!held) lost.push(claim);
    }
    return lost;
  }

  /** Gives a part back, through no fault of its own, so that another process can go on at once. */
  async release(claim: ClaimedPart): Promise<void> {
    await this.fenced(claim, 'lease_until = NULL, next_step_at = UTC_TIMESTAMP(6)', []);
  }

  /** Moves the checkpoint in the transaction that stores the rows before it. @returns false when the lease is lost */
  async saveStep(
    tx: SqlExecutor,
    claim: ClaimedPart,
    result: Pick<StepResult, 'checkpoint' | 'phase' | 'nextAfterMs' | 'seenUpTo'>,
    progress: StepProgress,
  ): Promise<boolean> {
    const done = result.phase === 'done';
    const held = await this.fenced(
      claim,
      `state = ?, phase = ?, checkpoint_json = ?, attempts = 0, lease_until = NULL, ${NO_WAIT},
       polled_at = IF(?, UTC_TIMESTAMP(3), polled_at),
       seen_up_to = ${latest('seen_up_to')}, ${ADD_PROGRESS},
       ${done ? 'next_step_at = NULL' : NEXT_STEP}`,
      [
        done ? 'done' : 'running',
        result.phase,
        JSON.stringify(result.checkpoint),
        Number(done || result.nextAfterMs > 0),
        result.seenUpTo,
        result.seenUpTo,
        ...progressValues(progress),
        ...(done ? [] : [claim.pokes, Math.round(result.nextAfterMs)]),
      ],
      tx,
    );
    if (held && done) await this.finishCapture(tx, claim.captureId);
    return held;
  }

  /** Records why a part waits, is stopped or has failed. @returns false when the lease is lost */
  async saveVerdict(claim: ClaimedPart, verdict: Verdict, requests: number): Promise<boolean> {
    const { delayMs, endKnown } = verdict;
    return this.transactions.run(async (tx) => {
      const next =
        verdict.state === 'failed'
          ? { sql: 'next_step_at = NULL', values: [] }
          : { sql: `next_step_at = IF(pokes = ?, ${inMs(delayMs)}, UTC_TIMESTAMP(6))`, values: [claim.pokes] };
      const held = await this.fenced(
        claim,
        `state = ?, attempts = ?, lease_until = NULL, requests = requests + ?, wait_reason = ?, wait_detail = ?,
         wait_until = ${inMs(endKnown ? delayMs : null)}, ${next.sql}`,
        [verdict.state, verdict.attempts, requests, verdict.reason, verdict.detail.slice(0, 500), ...next.values],
        tx,
      );
      if (held && verdict.state === 'failed') await this.finishCapture(tx, claim.captureId);
      return held;
    });
  }

  /** A source answers again: the other parts that were stopped with it need not wait for their own probe. */
  async wakeStopped(source: CaptureSource, storedAs: Source): Promise<void> {
    await this.transactions.query(
      `UPDATE capture_part SET next_step_at = UTC_TIMESTAMP(6)
        WHERE source = ? AND stored_as = ? AND state = 'stopped' AND next_step_at IS NOT NULL`,
      [source, storedAs],
    );
  }

  /** Parts that wait because a credential was refused look again: this process may have a better one. */
  async wakeHalted(sources: readonly CaptureSource[]): Promise<void> {
    if (sources.length === 0) return;
    await this.transactions.query(
      `UPDATE capture_part SET next_step_at = UTC_TIMESTAMP(6)
        WHERE source IN (?) AND wait_reason IN (?) AND next_step_at IS NOT NULL`,
      [sources, HALT_REASONS],
    );
  }

  /** A capture whose last open part has ended has ended. */
  private async finishCapture(tx: SqlExecutor, captureId: string): Promise<void> {
    // Without this lock two last parts that end at the same moment would each see the other as open.
    await tx.query('SELECT id FROM capture WHERE id = ? FOR UPDATE', [captureId]);
    const open = await tx.query<unknown[]>(
      "SELECT id FROM capture_part WHERE capture_id = ? AND state NOT IN ('done', 'failed') LIMIT 1",
      [captureId],
    );
    if (open.length > 0) return;
    await tx.query('UPDATE capture SET finished_at = UTC_TIMESTAMP(3) WHERE id = ? AND finished_at IS NULL', [
      captureId,
    ]);
  }

  private async fenced(
    claim: ClaimedPart,
    assignments: string,
    values: unknown[],
    executor: SqlExecutor = this.transactions,
  ): Promise<boolean> {
    // mysql2 counts matched rows (CLIENT_FOUND_ROWS), so an update that changes nothing still counts.
    const result = await executor.query<{ affectedRows: number }>(
      `UPDATE capture_part SET ${assignments} WHERE id = ? AND fence = ? AND lease_until IS NOT NULL`,
      [...values, claim.partId, claim.fence],
    );
    return result.affectedRows === 1;
  }
}

function inMs(delayMs: number | null): string {
  return delayMs === null ? 'NULL' : `UTC_TIMESTAMP(6) + INTERVAL ${Math.round(delayMs) * 1_000} MICROSECOND`;
}

function toClaim(row: ClaimRow, ask: AskRow): ClaimedPart {
  return {
    ...toAsk(ask),
    captureId: row.capture_id,
    partId: row.id,
    source: row.source,
    storedAs: row.stored_as,
    target: row.target,
    state: row.state,
    phase: row.phase,
    checkpoint: row.checkpoint_json === null ? null : (JSON.parse(row.checkpoint_json) as Checkpoint),
    createdAt: ask.created_at,
    budgetMicroUsd: ask.budget_micro_usd,
    attempts: row.attempts,
    fence: row.fence + 1,
    pokes: row.pokes,
    traceparent: ask.traceparent,
    requestId: ask.request_id,
  };
}
