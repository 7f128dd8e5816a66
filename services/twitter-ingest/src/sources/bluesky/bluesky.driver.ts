import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { loadConfig } from '#libs/config';
import { tagKey, type CaptureEstimate } from '#libs/contracts';
import { processEgress } from '#libs/egress';
import type { CapturePart, FoundGap, SourceDriver, StepResult } from '../../captures/source-driver.js';
import { BlueskyProfiles } from './bluesky-profiles.service.js';
import { blueskyConfigSchema } from './bluesky.config.js';
import { Intake, tagParts } from './intake.js';
import { CursorTooOldError } from './jetstream-connection.js';
import { gapBetween, LOOKBACK_MS } from './jetstream-resume.domain.js';
import { replay } from './replay.js';
import { postsOf, TakenResolver } from './taken-resolver.service.js';

/** How far a capture goes back that does not say from when on it wants posts. */
const DEFAULT_BACKFILL_MS = 15 * 60_000;

/** When a replay is complete, the next one begins a little before its end. */
const REWIND_US = 2_000_000;
const LOOKBACK_MARGIN_MS = 300_000;

/** When the reading of the past is over, the stream has the tag too; then what lies between is read once more. */
const STITCH_MS = 20_000;

/** How often a followed part looks whether it was left alone meanwhile. */
const CHECK_MS = 300_000;
const PROFILE_MS = 5_000;

const checkpointSchema = z.object({
  /** Read up to here, in microseconds. */
  cursorUs: z.int(),
  /** Milliseconds of the last look while following; null until the replay is joined to the stream. */
  checkedAt: z.int().nullable(),
});
type BlueskyCheckpoint = z.infer<typeof checkpointSchema>;

/** Reads the past of a tag by replaying the stream; what is new comes over {@link BlueskyStreamDriver}. */
@Injectable()
export class BlueskyDriver implements SourceDriver {
  readonly source = 'bluesky';
  readonly storedAs = 'bluesky';
  private readonly endpoint = loadConfig(blueskyConfigSchema).MIRANTE_JETSTREAM_URL;

  constructor(
    private readonly profiles: BlueskyProfiles,
    private readonly resolver: TakenResolver,
  ) {}

  targets(): readonly string[] {
    return [''];
  }

  estimate(): Promise<CaptureEstimate> {
    return Promise.resolve({
      posts: null,
      worst_case_usd: 0,
      per_day_usd: 0,
      note: 'the network cannot count posts beforehand; free of charge; it can be read back for 36 hours',
    });
  }

  async step(part: CapturePart, stop: AbortSignal): Promise<StepResult> {
    const now = Date.now();
    const checkpoint = readCheckpoint(part, now);
    if (part.phase === 'follow') {
      const { checkedAt } = checkpoint;
      // Looked at in time all along: the stream was read, and goes on from its own cursor after any pause.
      if (checkedAt !== null && now - checkedAt < 2 * CHECK_MS)
        return idle({ cursorUs: now * 1_000 - REWIND_US, checkedAt: now });
    }
    const until = part.mode === 'once' ? Math.min(part.createdAt.getTime(), now) : now;
    return this.replay(part, checkpoint, until, stop);
  }

  private async replay(
    part: CapturePart,
    checkpoint: BlueskyCheckpoint,
    until: number,
    stop: AbortSignal,
  ): Promise<StepResult> {
    const tags = tagParts([{ partId: part.partId, tagKey: tagKey(part.tag) }]);
    const intake = new Intake(tags);
    const fromUs = checkpoint.cursorUs;
    let gaps: FoundGap[] = [];
    let complete: boolean;
    try {
      complete = await replay(intake, { endpoint: this.endpoint, fromUs, until }, processEgress(), stop);
    } catch (error) {
      if (!(error instanceof CursorTooOldError)) throw error;
      return skipped(part, checkpoint, Date.now() - LOOKBACK_MS + LOOKBACK_MARGIN_MS);
    }
    const taken = intake.take();
    const gap = intake.firstUs === undefined ? null : gapBetween(checkpoint.cursorUs, intake.firstUs);
    if (gap) gaps = [{ ...gap, reason: 'the network does not go back that far' }];
    await this.resolver.addEdits(taken, tags);
    const deletions = await this.resolver.deletions(taken);
    await this.profiles.enrich(postsOf(taken), PROFILE_MS);
    const cursorUs = Math.max(checkpoint.cursorUs, intake.timeUs ?? 0);
    return {
      posts: postsOf(taken),
      deletions,
      errors: taken.errors,
      gaps,
      requests: 1,
      ...whatNext(part, { cursorUs, checkedAt: checkpoint.checkedAt }, complete),
      seenUpTo: new Date(complete ? until : Math.floor(cursorUs / 1_000)),
    };
  }
}

function whatNext(part: CapturePart, checkpoint: BlueskyCheckpoint, complete: boolean) {
  // Exactly on from here: to go back would be no progress where many posts come at once.
  if (!complete) return { checkpoint, phase: part.phase, nextAfterMs: 0 };
  if (part.mode === 'once') return { checkpoint, phase: 'done' as const, nextAfterMs: 0 };
  const joined = part.phase === 'follow';
  return {
    checkpoint: { cursorUs: checkpoint.cursorUs - REWIND_US, checkedAt: joined ? Date.now() : null },
    phase: 'follow' as const,
    nextAfterMs: joined ? CHECK_MS : STITCH_MS,
  };
}

function readCheckpoint(part: CapturePart, now: number): BlueskyCheckpoint {
  const { success, data } = checkpointSchema.safeParse(part.checkpoint);
  if (success) return data;
  const from = (part.from?.getTime() ?? part.createdAt.getTime() - DEFAULT_BACKFILL_MS) * 1_000;
  return { cursorUs: Math.min(from, now * 1_000), checkedAt: null };
}

const NOTHING = { posts: [], deletions: [], errors: [], gaps: [], requests: 0, seenUpTo: null } as const;

function idle(checkpoint: BlueskyCheckpoint): StepResult {
  return { ...NOTHING, checkpoint, phase: 'follow', nextAfterMs: CHECK_MS };
}

/** The endpoint refuses to go back that far: on from the oldest it has. */
function skipped(part: CapturePart, checkpoint: BlueskyCheckpoint, to: number): StepResult {
  const gap = gapBetween(checkpoint.cursorUs, to * 1_000);
  const gaps = gap ? [{ ...gap, reason: 'the network does not go back that far' }] : [];
  const cursorUs = to * 1_000;
  return {
    ...NOTHING,
    gaps,
    requests: 1,
    checkpoint: { ...checkpoint, cursorUs },
    phase: part.phase,
    nextAfterMs: 1_000,
  };
}
