import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import type { CaptureEstimate } from '#libs/contracts';
import type { Deletion } from '../../formats/index.js';
import type { CaptureAsk, CapturePart, SourceDriver, StepResult } from '../../captures/source-driver.js';
import { MastodonClient } from './mastodon-client.service.js';
import { advances, newestId, oldestId, type MastodonPage } from './mastodon-page.mapper.js';
import { readCheckpoint, type MastodonCheckpoint } from './mastodon.checkpoint.js';
import { mastodonConfigSchema } from './mastodon.config.js';
import { keepOverlap, mergeMarks, missingFrom, type Mark } from './status-ids.domain.js';

const DEFAULT_BACKFILL_MS = 7 * 86_400_000;
const DEFAULT_EVERY_SECONDS = 60;
const ESTIMATE_MS = 5_000;

/** A page with fewer posts is the last of its round. Instances may give fewer than asked for, so this is half a page. */
const FULL_PAGE = 20;

/** A round asks about no more missing posts than this; the next one asks about the others. */
const LOOKS = 10;

/** This many posts before the wanted time end the backfill: a single one may have a wrong date. */
const ENOUGH_OLD = 3;

/** The timelines of a tag on several instances; posts that come from more than one are told by their URI. */
@Injectable()
export class MastodonDriver implements SourceDriver {
  readonly source = 'mastodon';
  readonly storedAs = 'mastodon';
  private readonly maxPages = loadConfig(mastodonConfigSchema).MIRANTE_MASTODON_BACKFILL_PAGES;

  constructor(private readonly client: MastodonClient) {}

  targets(): readonly string[] {
    return this.client.hosts;
  }

  async estimate({ tag }: CaptureAsk): Promise<CaptureEstimate> {
    const stop = AbortSignal.timeout(ESTIMATE_MS);
    const answers = await Promise.all(
      this.client.hosts.map((host) => this.client.uses(host, tag, stop).catch(() => null)),
    );
    const known = answers.filter((uses) => uses !== null);
    return {
      posts: known.length > 0 ? Math.max(...known) : null,
      worst_case_usd: 0,
      per_day_usd: 0,
      note:
        known.length > 0
          ? 'posts of the last 7 days on the instance that knows most of them; free of charge'
          : 'no instance tells how many posts there are; free of charge',
    };
  }

  async step(part: CapturePart, stop: AbortSignal): Promise<StepResult> {
    const checkpoint = readCheckpoint(part.checkpoint);
    return part.phase === 'backfill' ? this.readBack(part, checkpoint, stop) : this.readForward(part, checkpoint, stop);
  }

  /** From the newest post down to the first one wanted. */
  private async readBack(part: CapturePart, checkpoint: MastodonCheckpoint, stop: AbortSignal): Promise<StepResult> {
    const startedAt = Date.now();
    const { at } = checkpoint;
    const page = await this.page(part, at === null ? { head: true } : { maxId: at }, stop);
    const from = (part.from ?? new Date(part.createdAt.getTime() - DEFAULT_BACKFILL_MS)).getTime();
    const posts = page.posts.filter((post) => post.postedAt >= from);
    const pages = checkpoint.pages + 1;
    const oldest = oldestId(page.marks);
    const tooOld = page.marks.filter(([, createdAt]) => createdAt < from).length;
    const reached = page.size === 0 || tooOld >= Math.min(ENOUGH_OLD, page.size) || !advances(oldest, at, 'older');
    // The first page is where following begins; what is older needs no second look.
    const marks = at === null ? keepOverlap(page.marks, startedAt) : checkpoint.marks;
    const exhausted = !reached && part.from === null && pages >= this.maxPages;
    if (!reached && !exhausted) {
      return this.result(page, { posts, checkpoint: { marks, at: oldest, pages }, phase: 'backfill', waitMs: 0, part });
    }
    const oldestAt = page.marks.at(-1)?.[1] ?? from;
    const done = part.mode === 'once';
    return {
      ...this.result(page, {
        posts,
        checkpoint: { marks, at: null, pages },
        phase: done ? 'done' : 'follow',
        waitMs: 0,
        part,
      }),
      gaps: exhausted
        ? [
            {
              from: new Date(from),
              to: new Date(Math.max(oldestAt, from)),
              reason: `only the newest ${pages} pages were read`,
            },
          ]
        : [],
      seenUpTo: done ? part.createdAt : null,
    };
  }

  /** Upwards from the overlap, page by page, until there is nothing newer. */
  private async readForward(part: CapturePart, checkpoint: MastodonCheckpoint, stop: AbortSignal): Promise<StepResult> {
    const startedAt = Date.now();
    // An instance that had no post of this tag at all is read from its first one on.
    const at = checkpoint.at ?? oldestId(checkpoint.marks) ?? '0';
    const page = await this.page(part, { minId: at }, stop);
    const newest = newestId(page.marks);
    const more = page.size >= FULL_PAGE && advances(newest, at, 'newer');
    const missing = missingFrom(page.marks, checkpoint.marks, at, !more).slice(0, LOOKS);
    const gone = await this.goneOf(part, missing, stop);
    const known = checkpoint.marks.filter((mark) => !gone.includes(mark));
    const marks = keepOverlap(mergeMarks(known, page.marks), startedAt);
    const next = {
      at: more ? newest : null,
      marks,
      pages: checkpoint.pages,
    };
    const every = (part.everySeconds ?? DEFAULT_EVERY_SECONDS) * 1_000;
    return {
      ...this.result(page, { posts: page.posts, checkpoint: next, phase: 'follow', waitMs: more ? 0 : every, part }),
      deletions: gone.map(([, , uri]): Deletion => ({ source: 'mastodon', extId: uri!, deletedAt: startedAt })),
      requests: 1 + missing.length,
      seenUpTo: more ? new Date(Math.min(page.marks[0]![1] || startedAt, startedAt)) : new Date(startedAt),
    };
  }

  /** A timeline also leaves out what was made private, or is hidden for a while: the instance is asked about each. */
  private async goneOf(part: CapturePart, missing: readonly Mark[], stop: AbortSignal): Promise<Mark[]> {
    const gone: Mark[] = [];
    for (const mark of missing) if (await this.client.isGone(part.target, mark[0], stop)) gone.push(mark);
    return gone;
  }

  private page(
    part: CapturePart,
    ask: Parameters<MastodonClient['page']>[2],
    stop: AbortSignal,
  ): Promise<MastodonPage> {
    return this.client.page(part.target, part.tag, ask, part.mode === 'follow', stop);
  }

  private result(
    page: MastodonPage,
    found: {
      posts: StepResult['posts'];
      checkpoint: MastodonCheckpoint;
      phase: StepResult['phase'];
      waitMs: number;
      part: CapturePart;
    },
  ): StepResult {
    return {
      posts: found.posts,
      deletions: [],
      errors: page.errors,
      checkpoint: { ...found.checkpoint },
      phase: found.phase,
      nextAfterMs: Math.max(found.waitMs, this.client.pace(found.part.target)),
      gaps: [],
      requests: 1,
      seenUpTo: null,
    };
  }
}
