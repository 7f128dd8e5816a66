import type { CaptureEstimate, CaptureMode, CapturePhase, CaptureSource, Source } from '#libs/contracts';
import type { CaptureAsk, CapturePart } from './source-driver.js';

/** A capture as it is asked for. */
export interface NewCapture extends CaptureAsk {
  id: string;
  tenant: string;
  /** Sorted, each once. */
  sources: readonly CaptureSource[];
  budgetMicroUsd: number | null;
  estimate: CaptureEstimate;
  traceparent: string;
  requestId: string;
}

export interface NewPart {
  source: CaptureSource;
  storedAs: Source;
  target: string;
}

/** A part a worker holds the lease of. */
export interface ClaimedPart extends CapturePart {
  storedAs: Source;
  state: string;
  attempts: number;
  fence: number;
  pokes: number;
  traceparent: string;
  requestId: string;
}

/** What one stored step adds. */
export interface StepProgress {
  new: number;
  duplicate: number;
  invalid: number;
  deleted: number;
  requests: number;
  spentMicroUsd: number;
  lastPostAt: Date | null;
}

/** Rows as the database gives them. */
export interface CaptureRow {
  id: string;
  tenant: string;
  tag: string;
  mode: CaptureMode;
  every_seconds: number | null;
  from_at: Date | null;
  budget_micro_usd: number | null;
  sources: string;
  estimate_json: string;
  is_paused: number;
  created_at: Date;
  finished_at: Date | null;
  deleted_at: Date | null;
  /** The database's clock at the time of the reading. */
  now: Date;
}

export interface PartRow {
  id: number;
  capture_id: string;
  source: CaptureSource;
  stored_as: Source;
  target: string;
  state: string;
  phase: CapturePhase;
  wait_reason: string | null;
  wait_detail: string | null;
  wait_until: Date | null;
  posts_new: number;
  posts_duplicate: number;
  posts_invalid: number;
  posts_deleted: number;
  requests: number;
  spent_micro_usd: number;
  seen_up_to: Date | null;
  polled_at: Date | null;
  last_post_at: Date | null;
}

export interface GapRow {
  capture_id: string;
  source: CaptureSource;
  target: string;
  from_at: Date;
  to_at: Date;
  reason: string;
}

/** How a stream is, for the parts that are followed over it. */
export interface StreamRow {
  stream_key: string;
  is_led: number;
  seen_up_to: Date | null;
  opened_at: Date | null;
  hole_until: Date | null;
  wait_state: string | null;
  wait_reason: string | null;
  wait_detail: string | null;
  wait_until: Date | null;
}

/** How far a followed part has seen, with what its capture asks for. */
export interface SeenRow extends CaptureAsk {
  source: CaptureSource;
  storedAs: Source;
  phase: CapturePhase;
  seen_up_to: Date | null;
  polled_at: Date | null;
  now: Date;
}
