import type { CaptureEstimate, CaptureMode, CapturePhase, CaptureSource, Source } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import type { Deletion, IncomingPost } from '../formats/index.js';

/** JSON a driver keeps for itself between two steps. */
export type Checkpoint = Readonly<Record<string, unknown>>;

/** What somebody wants to capture. */
export interface CaptureAsk {
  tag: string;
  mode: CaptureMode;
  everySeconds: number | null;
  /** Oldest instant wanted; null leaves it to the driver. */
  from: Date | null;
}

/** One source (and instance) of one capture: what a worker claims, works on and checkpoints. */
export interface CapturePart extends CaptureAsk {
  captureId: string;
  partId: number;
  source: CaptureSource;
  /** Host of the instance; empty where a source has only one. */
  target: string;
  phase: CapturePhase;
  checkpoint: Checkpoint | null;
  /** How often a step was asked for out of turn. */
  pokes: number;
  createdAt: Date;
  budgetMicroUsd: number | null;
}

/** Time of which posts may be missing for good. */
export interface FoundGap {
  from: Date;
  to: Date;
  reason: string;
}

/** What one step found. It is stored together with the checkpoint, in one transaction, or not at all. */
export interface StepResult {
  posts: readonly IncomingPost[];
  deletions: readonly Deletion[];
  /** Why single posts could not be used. */
  errors: readonly { reason: string }[];
  checkpoint: Checkpoint;
  phase: CapturePhase;
  /** When to take the next step: 0 is at once. */
  nextAfterMs: number;
  gaps: readonly FoundGap[];
  /** Requests the step took, those that failed included. */
  requests: number;
  /** Up to when the source was seen completely: the lag is told from it. */
  seenUpTo: Date | null;
  /** Runs in the transaction of the rows: settles what the step has cost. @returns what was spent, in millionths of a dollar */
  settle?(tx: SqlExecutor): Promise<number>;
}

/** A source that is asked page by page. Drivers keep no state of their own: several processes share the parts. */
export interface SourceDriver {
  readonly source: CaptureSource;
  /** The source its posts are stored under; differs from `source` when a simulator answers. */
  readonly storedAs: Source;
  /** What a new capture is split into: instances to ask, or `['']`. */
  targets(): readonly string[];
  /** Must answer within 10 s and never throw for an upstream that is away: an unknown is null with a note. */
  estimate(ask: CaptureAsk): Promise<CaptureEstimate>;
  /**
   * One page or poll; returns within seconds.
   *
   * @throws UpstreamError for everything the source does wrong
   */
  step(part: CapturePart, stop: AbortSignal): Promise<StepResult>;
}

/** A part that is followed over a stream. */
export interface FollowedPart {
  partId: number;
  captureId: string;
  tag: string;
  tagKey: string;
  /** Most the capture may cost; null for no limit of its own. */
  budgetMicroUsd: number | null;
  /** When the capture began: a stream that was left long ago need not go back further. */
  since: Date;
}

/** Posts of a stream for one part. */
export interface StreamItems {
  partId: number;
  posts: readonly IncomingPost[];
}

export interface StreamBatch {
  items: readonly StreamItems[];
  /** Deletions and new versions of posts that may be stored, whoever found them. Unknown ones are dropped, not remembered. */
  deletions: readonly Deletion[];
  invalid: number;
  cursor: Checkpoint;
  /** Up to when the stream was read. */
  seenUpTo: Date;
  settle?(tx: SqlExecutor): Promise<{ partId: number; microUsd: number }[]>;
}

/** What a stream can ask of the process that leads it. Every write is fenced: it throws LeaseLostError after a loss of the lead. */
export interface StreamLead {
  /** Where the stream was when its last batch was stored. */
  readonly cursor: Checkpoint | null;
  /** The parts to follow now; read again at least every second, it changes while the stream runs. */
  followed(): Promise<readonly FollowedPart[]>;
  /** Stores rows, events, cursor and costs in one transaction. */
  save(batch: StreamBatch): Promise<void>;
  /** Every followed part polls at once: the stream may have missed something. */
  catchUp(): Promise<void>;
  /** These parts poll at once: the stream brings their posts only from now on. */
  joined(partIds: readonly number[]): Promise<void>;
  /** Posts are missing that no poll can bring back. */
  gap(gap: FoundGap): Promise<void>;
  /** Shown to the owners of the followed captures; null when all is well. */
  waiting(error: Error | null, until: Date | null): Promise<void>;
}

/** A source that pushes. One process leads each stream; it may lose the lead at any time and another goes on from the cursor. */
export interface StreamDriver {
  readonly source: CaptureSource;
  readonly storedAs: Source;
  /** One leader per key over all processes: a credential, or an endpoint. */
  readonly key: string;
  /** Whether parts of this capture can be followed by the stream (and not by polls alone). */
  follows(ask: CaptureAsk): boolean;
  /** Runs until `stop`, reconnecting by itself. Called only while there is something to follow. */
  run(lead: StreamLead, stop: AbortSignal): Promise<void>;
}
