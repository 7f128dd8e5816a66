import type { Capture, CaptureEstimate, CaptureState, WaitReason } from '#libs/contracts';
import { captureStateOf, hasEnded } from './capture-state.domain.js';
import type { CaptureRow, GapRow, PartRow, StreamRow } from './capture.types.js';

type PartView = Capture['sources'][number];

/** One capture with all that belongs to it. */
export interface CaptureParts {
  parts: readonly PartRow[];
  gaps: readonly GapRow[];
  gapSeconds: number;
  /** The stream that follows a part, if one does. */
  streamOf(part: PartRow): StreamRow | undefined;
  /** Whether this deployment has what the part was begun with. */
  isServed(part: PartRow): boolean;
}

/** A capture as its owner sees it. */
export function toCapture(row: CaptureRow, details: CaptureParts): Capture {
  const sources = details.parts.map((part) => toPart(part, row, details));
  const states = details.parts.map((part) => unpausedStateOf(part, details));
  const spent = details.parts.reduce((sum, part) => sum + part.spent_micro_usd, 0);
  return {
    id: row.id,
    tag: row.tag,
    mode: row.mode,
    state: captureStateOf(states, row.is_paused === 1),
    every_seconds: row.every_seconds,
    from: row.from_at?.toISOString() ?? null,
    budget_usd: row.budget_micro_usd === null ? null : toUsd(row.budget_micro_usd),
    spent_usd: toUsd(spent),
    estimate: JSON.parse(row.estimate_json) as CaptureEstimate,
    simulated: sources.some((part) => part.simulated),
    sources,
    gaps: details.gaps.map(({ source, target, from_at, to_at, reason }) => ({
      source,
      target,
      from: from_at.toISOString(),
      to: to_at.toISOString(),
      reason,
    })),
    gap_seconds: details.gapSeconds,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

/**
 * Up to when a part has seen its source: by its own steps, or by the stream that follows it, once its steps have read what
 * the stream missed before it was opened.
 */
export function seenUpToOf(
  part: Pick<PartRow, 'phase' | 'seen_up_to' | 'polled_at'>,
  stream: Pick<StreamRow, 'seen_up_to' | 'hole_until'> | undefined,
): Date | null {
  const polled = part.seen_up_to;
  const streamed = stream?.seen_up_to ?? null;
  if (part.phase !== 'follow' || streamed === null) return polled;
  const hole = stream?.hole_until ?? null;
  const isClosed = hole === null || (part.polled_at !== null && part.polled_at >= hole);
  return isClosed && (polled === null || streamed > polled) ? streamed : polled;
}

/** Seconds a part is behind its own plan: one that is read once a day may be a day old. */
export function overdueOf(lagSeconds: number, everySeconds: number | null): number {
  return Math.max(0, lagSeconds - (everySeconds ?? 0));
}

function toPart(part: PartRow, row: CaptureRow, details: CaptureParts): PartView {
  const stream = details.streamOf(part);
  const state = unpausedStateOf(part, details);
  const seen = seenUpToOf(part, stream);
  return {
    source: part.source,
    target: part.target,
    simulated: part.stored_as !== part.source,
    state: row.is_paused === 1 && !hasEnded(state) ? 'paused' : state,
    phase: part.phase,
    live: isLive(stream) && !hasEnded(state) && state !== 'stopped' && row.is_paused === 0,
    last_post_at: part.last_post_at?.toISOString() ?? null,
    lag_seconds: seen === null || hasEnded(state) ? null : Math.max(0, (row.now.getTime() - seen.getTime()) / 1_000),
    posts: {
      new: part.posts_new,
      duplicate: part.posts_duplicate,
      invalid: part.posts_invalid,
      deleted: part.posts_deleted,
    },
    requests: part.requests,
    spent_usd: toUsd(part.spent_micro_usd),
    waiting: waitingOf(part, details),
  };
}

function isLive(stream: StreamRow | undefined): boolean {
  return stream?.is_led === 1 && stream.opened_at !== null && stream.wait_state === null;
}

function unpausedStateOf(part: PartRow, details: CaptureParts): CaptureState {
  const own = part.state as CaptureState;
  if (hasEnded(own)) return own;
  if (!details.isServed(part)) return 'stopped';
  // To a part whose steps bring what the stream misses, a stream that waits is a nuisance; to any other it is the end of its news.
  const stream = details.streamOf(part);
  const relies = own === 'running' && stream !== undefined && (part.seen_up_to === null || stream.hole_until === null);
  return relies && stream.wait_state !== null ? (stream.wait_state as CaptureState) : own;
}

function waitingOf(part: PartRow, details: CaptureParts): PartView['waiting'] {
  if (part.state === 'done') return null;
  if (part.state !== 'failed' && !details.isServed(part)) {
    const wanted = part.stored_as === part.source ? part.source : `the simulator of ${part.source}`;
    return {
      reason: 'auth',
      detail: `this capture was begun with ${wanted}, which is not configured now`,
      until: null,
    };
  }
  return shown(part) ?? shown(details.streamOf(part));
}

type Wait = Pick<PartRow, 'wait_reason' | 'wait_detail' | 'wait_until'>;

function shown(wait: Wait | undefined): PartView['waiting'] {
  if (!wait || wait.wait_reason === null) return null;
  return {
    reason: wait.wait_reason as WaitReason,
    detail: wait.wait_detail ?? '',
    until: wait.wait_until?.toISOString() ?? null,
  };
}

function toUsd(microUsd: number): number {
  return microUsd / 1_000_000;
}
