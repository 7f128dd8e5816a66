import type { CaptureMode } from '#libs/contracts';
import type { CaptureAsk } from './source-driver.js';

/** What a capture asks for, as the database gives it. */
export interface AskRow {
  id: string;
  tag: string;
  mode: CaptureMode;
  every_seconds: number | null;
  from_at: Date | null;
  budget_micro_usd: number | null;
  traceparent: string;
  request_id: string;
  created_at: Date;
}

export const ASK_COLUMNS =
  'c.id, c.tag, c.mode, c.every_seconds, c.from_at, c.budget_micro_usd, c.traceparent, c.request_id, c.created_at';

export function toAsk(row: AskRow): CaptureAsk {
  return { tag: row.tag, mode: row.mode, everySeconds: row.every_seconds, from: row.from_at };
}
