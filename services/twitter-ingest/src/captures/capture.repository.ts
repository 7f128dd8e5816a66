import { Injectable } from '@nestjs/common';
import { TransactionRunner, insertRows } from '#libs/persistence';
import type { CaptureRow, GapRow, NewCapture, NewPart, PartRow, SeenRow, StreamRow } from './capture.types.js';

/** Gaps shown per capture; all are counted. */
const MAX_SHOWN_GAPS = 100;

const PART_COLUMNS = `id, capture_id, source, stored_as, target, state, phase, wait_reason, wait_detail, wait_until,
  posts_new, posts_duplicate, posts_invalid, posts_deleted, requests, spent_micro_usd, seen_up_to, polled_at, last_post_at`;

/** What there is to show of some captures. */
export interface CaptureDetails {
  parts: Map<string, PartRow[]>;
  /** Newest first. */
  gaps: Map<string, GapRow[]>;
  gapSeconds: Map<string, number>;
}

/** What the owner of a capture changes; what is undefined stays. */
export interface CaptureChange {
  paused: boolean | undefined;
  everySeconds: number | undefined;
  budgetMicroUsd: number | null | undefined;
}

/** All SQL of captures as their owners see and change them. */
@Injectable()
export class CaptureRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /** Adds a capture with its parts; one with the same id stays as it is. */
  async add(capture: NewCapture, parts: readonly NewPart[]): Promise<void> {
    await this.transactions.run(async (tx) => {
      const { affectedRows } = await tx.query<{ affectedRows: number }>(
        `INSERT IGNORE INTO capture (id, tenant, tag, mode, every_seconds, from_at, budget_micro_usd, sources,
                                     estimate_json, traceparent, request_id, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
        [
          capture.id,
          capture.tenant,
          capture.tag,
          capture.mode,
          capture.everySeconds,
          capture.from,
          capture.budgetMicroUsd,
          capture.sources.join(','),
          JSON.stringify(capture.estimate),
          capture.traceparent,
          capture.requestId,
        ],
      );
      if (affectedRows === 0) return;
      await insertRows(
        tx,
        'capture_part',
        ['capture_id', 'source', 'stored_as', 'target', 'state', 'phase'],
        parts.map((part) => [capture.id, part.source, part.storedAs, part.target, 'running', 'backfill']),
      );
      await tx.query('UPDATE capture_part SET next_step_at = UTC_TIMESTAMP(6) WHERE capture_id = ?', [capture.id]);
    });
  }

  /** Whoever owns it, deleted or not. */
  async find(id: string): Promise<CaptureRow | undefined> {
    const rows = await this.transactions.query<CaptureRow[]>(
      'SELECT c.*, UTC_TIMESTAMP(3) AS now FROM capture c WHERE id = ?',
      [id],
    );
    return rows[0];
  }

  async listOwned(tenant: string, before: { at: Date; id: string } | null, limit: number): Promise<CaptureRow[]> {
    const position = before ? 'AND (created_at < ? OR (created_at = ? AND id < ?))' : '';
    return this.transactions.query<CaptureRow[]>(
      `SELECT c.*, UTC_TIMESTAMP(3) AS now FROM capture c WHERE tenant = ? AND deleted_at IS NULL ${position}
        ORDER BY created_at DESC, id DESC LIMIT ?`,
      [tenant, ...(before ? [before.at, before.at, before.id] : []), limit],
    );
  }

  async countOpen(tenant: string): Promise<number> {
    const rows = await this.transactions.query<{ open: number }[]>(
      'SELECT COUNT(*) AS open FROM capture WHERE tenant = ? AND deleted_at IS NULL AND finished_at IS NULL',
      [tenant],
    );
    return rows[0]!.open;
  }

  async detailsOf(ids: readonly string[]): Promise<CaptureDetails> {
    if (ids.length === 0) return { parts: new Map(), gaps: new Map(), gapSeconds: new Map() };
    const parts = await this.transactions.query<PartRow[]>(
      `SELECT ${PART_COLUMNS} FROM capture_part WHERE capture_id IN (?) ORDER BY id`,
      [ids],
    );
    const sums = await this.transactions.query<{ capture_id: string; seconds: number }[]>(
      `SELECT capture_id, SUM(TIMESTAMPDIFF(MICROSECOND, from_at, to_at)) / 1e6 AS seconds
         FROM capture_gap WHERE capture_id IN (?) GROUP BY capture_id`,
      [ids],
    );
    const gaps = new Map<string, GapRow[]>();
    for (const { capture_id } of sums) gaps.set(capture_id, await this.newestGaps(capture_id));
    return {
      parts: groupByCapture(parts),
      gaps,
      gapSeconds: new Map(sums.map(({ capture_id, seconds }) => [capture_id, Number(seconds)])),
    };
  }

  /** How the streams with the given keys are. */
  async streams(keys: readonly string[]): Promise<Map<string, StreamRow>> {
    if (keys.length === 0) return new Map();
    const rows = await this.transactions.query<StreamRow[]>(
      `SELECT stream_key, lease_until > UTC_TIMESTAMP(6) AS is_led, seen_up_to, opened_at, hole_until, wait_state, wait_reason,
              wait_detail, wait_until
         FROM stream_lead WHERE stream_key IN (?)`,
      [keys],
    );
    return new Map(rows.map((row) => [row.stream_key, row]));
  }

  /** How many parts of open captures there are, by `source state`. */
  async countParts(): Promise<Map<string, number>> {
    const rows = await this.transactions.query<{ source: string; state: string; parts: number }[]>(
      `SELECT p.source, IF(c.is_paused = 1 AND p.state NOT IN ('done', 'failed'), 'paused', p.state) AS state,
              COUNT(*) AS parts
         FROM capture c JOIN capture_part p ON p.capture_id = c.id
        WHERE c.deleted_at IS NULL GROUP BY 1, 2`,
    );
    return new Map(rows.map(({ source, state, parts }) => [`${source} ${state}`, parts]));
  }

  /** Parts that are followed, or should be, with what they have seen. */
  async followedParts(): Promise<SeenRow[]> {
    return this.transactions.query<SeenRow[]>(
      `SELECT p.source, p.stored_as AS storedAs, c.tag, c.mode, c.every_seconds AS everySeconds, c.from_at AS \`from\`,
              p.phase, p.seen_up_to, p.polled_at, UTC_TIMESTAMP(3) AS now
         FROM capture_part p JOIN capture c ON c.id = p.capture_id
        WHERE p.is_held = 0 AND p.phase = 'follow' AND p.state IN ('running', 'waiting') AND c.mode = 'follow'`,
    );
  }

  /** A step that is running goes on to its end with what it was told; the next one knows better. */
  async change(id: string, change: CaptureChange): Promise<void> {
    const { paused, everySeconds, budgetMicroUsd } = change;
    await this.transactions.run(async (tx) => {
      // Parts before the capture, in the order of the workers.
      if (paused !== undefined) {
        await tx.query('UPDATE capture_part SET is_held = ? WHERE capture_id = ?', [Number(paused), id]);
      }
      const revived = [...(paused === false ? ["state = 'stopped'"] : []), ...(budgetMicroUsd !== undefined ? ["state = 'stopped' AND wait_reason = 'budget'"] : [])]; // prettier-ignore
      if (revived.length > 0) {
        await tx.query(
          `UPDATE capture_part SET state = 'running', attempts = 0, wait_reason = NULL, wait_detail = NULL, wait_until = NULL,
                  pokes = pokes + 1, next_step_at = UTC_TIMESTAMP(6)
            WHERE capture_id = ? AND (${revived.map((condition) => `(${condition})`).join(' OR ')})`,
          [id],
        );
      }
      await tx.query(
        `UPDATE capture_part SET pokes = pokes + 1,
                next_step_at = IF(? AND state = 'running' AND phase = 'follow', UTC_TIMESTAMP(6), next_step_at)
          WHERE capture_id = ? AND state NOT IN ('done', 'failed')`,
        [Number(everySeconds !== undefined), id],
      );
      await tx.query(
        `UPDATE capture SET is_paused = COALESCE(?, is_paused), every_seconds = COALESCE(?, every_seconds)
                ${budgetMicroUsd === undefined ? '' : ', budget_micro_usd = ?'} WHERE id = ?`,
        [
          paused === undefined ? null : Number(paused),
          everySeconds ?? null,
          ...(budgetMicroUsd === undefined ? [] : [budgetMicroUsd]),
          id,
        ],
      );
    });
  }

  /** No further step begins; what is stored stays. */
  async markDeleted(id: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      await tx.query('UPDATE capture_part SET is_held = 1, next_step_at = NULL WHERE capture_id = ?', [id]);
      await tx.query(
        `UPDATE capture SET deleted_at = UTC_TIMESTAMP(3), finished_at = COALESCE(finished_at, UTC_TIMESTAMP(3))
          WHERE id = ? AND deleted_at IS NULL`,
        [id],
      );
    });
  }

  private newestGaps(captureId: string): Promise<GapRow[]> {
    return this.transactions.query<GapRow[]>(
      `SELECT g.capture_id, p.source, p.target, g.from_at, g.to_at, g.reason
         FROM capture_gap g JOIN capture_part p ON p.id = g.part_id
        WHERE g.capture_id = ? ORDER BY g.from_at DESC, g.id DESC LIMIT ?`,
      [captureId, MAX_SHOWN_GAPS],
    );
  }
}

function groupByCapture(parts: readonly PartRow[]): Map<string, PartRow[]> {
  const groups = new Map<string, PartRow[]>();
  for (const part of parts) groups.set(part.capture_id, [...(groups.get(part.capture_id) ?? []), part]);
  return groups;
}
