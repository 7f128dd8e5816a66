import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { processEgress } from '#libs/egress';
import { messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import type { IncomingPost } from '../../formats/index.js';
import { blueskyConfigSchema } from './bluesky.config.js';
import { blueskyProfiles } from './bluesky.metrics.js';
import { fillAuthor, mapProfiles, type Profile } from './profile.mapper.js';

const logger = createLogger('BlueskyProfiles');

/** Most the API takes in one question. */
const PER_CALL = 25;
const CALLS_AT_ONCE = 2;
const KEPT_MS = 86_400_000;
const MAX_KEPT = 50_000;

/** Authors waiting to be asked for; more than that and the oldest are given up, their posts are stored already. */
const MAX_WAITING = 5_000;
const TRIES = 5;
const PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 300_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 2 * 1024 * 1024;

interface Waiting {
  did: string;
  tries: number;
  done: (() => void)[];
}

/** null: the API knows no such account. */
interface Kept {
  profile: Profile | null;
  at: number;
}

/**
 * Names and follower counts of authors, which Jetstream does not send. Asked in batches, kept for a day in memory. Nothing
 * here ever holds a post back for longer than its caller says, and no failure reaches the caller.
 */
@Injectable()
export class BlueskyProfiles {
  private readonly base = loadConfig(blueskyConfigSchema).MIRANTE_BLUESKY_API_URL;
  private readonly egress = processEgress();
  private readonly kept = new Map<string, Kept>();
  private readonly waiting = new Map<string, Waiting>();
  private calls = 0;
  private pausedUntil = 0;

  /** Fills the authors of the posts. @returns posts whose authors are not known yet */
  async enrich<Post extends IncomingPost>(posts: readonly Post[], deadlineMs: number): Promise<Post[]> {
    const asked = [...new Set(posts.map((post) => post.author.extId))].filter((did) => !this.fresh(did));
    if (asked.length > 0) {
      const all = Promise.all(asked.map((did) => this.request(did)));
      const over = new AbortController();
      await Promise.race([all, sleep(deadlineMs, over.signal)]);
      over.abort();
    }
    return posts.filter((post) => !this.fill(post));
  }

  /** Fills the author of a post if his profile has come by now. @returns false while it has not */
  fill(post: IncomingPost): boolean {
    const known = this.fresh(post.author.extId);
    if (known?.profile) fillAuthor(post.author, known.profile, known.at);
    return known !== undefined;
  }

  private fresh(did: string): Kept | undefined {
    const known = this.kept.get(did);
    return known && Date.now() - known.at < KEPT_MS ? known : undefined;
  }

  private request(did: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(did);
      if (waiting) waiting.done.push(resolve);
      else this.waiting.set(did, { did, tries: 0, done: [resolve] });
      while (this.waiting.size > MAX_WAITING) this.giveUp(this.waiting.values().next().value!);
      // Those of one batch of posts are asked for together.
      setImmediate(() => this.pump());
    });
  }

  private pump(): void {
    while (this.calls < CALLS_AT_ONCE && this.waiting.size > 0 && Date.now() >= this.pausedUntil) {
      const batch = [...this.waiting.values()].slice(0, PER_CALL);
      for (const { did } of batch) this.waiting.delete(did);
      this.calls++;
      void this.ask(batch).finally(() => {
        this.calls--;
        this.pump();
      });
    }
    const pause = this.pausedUntil - Date.now();
    if (this.waiting.size > 0 && pause > 0) setTimeout(() => this.pump(), pause + 1).unref();
  }

  private async ask(batch: readonly Waiting[]): Promise<void> {
    try {
      const url = new URL('/xrpc/app.bsky.actor.getProfiles', this.base);
      for (const { did } of batch) url.searchParams.append('actors', did);
      const answer = await this.egress.fetch(url, {
        headers: { accept: 'application/json' },
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        label: url.hostname,
      });
      this.pauseAsTold(answer.status, answer.headers['ratelimit-remaining'], answer.headers['ratelimit-reset']);
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      const profiles = mapProfiles(JSON.parse(answer.body.toString('utf8')), new Set(batch.map(({ did }) => did)));
      if (!profiles) throw new Error('no list of profiles');
      for (const waiting of batch) this.keep(waiting, profiles.get(waiting.did) ?? null);
    } catch (error) {
      this.pausedUntil = Math.max(this.pausedUntil, Date.now() + PAUSE_MS);
      logger.debug(`profiles could not be read: ${messageOf(error)}`);
      for (const waiting of batch) this.again(waiting);
    }
  }

  private keep({ did, done }: Waiting, profile: Profile | null): void {
    blueskyProfiles.inc({ outcome: profile ? 'found' : 'unknown' });
    this.kept.delete(did);
    this.kept.set(did, { profile, at: Date.now() });
    if (this.kept.size > MAX_KEPT) this.kept.delete(this.kept.keys().next().value!);
    for (const resolve of done) resolve();
  }

  private again(waiting: Waiting): void {
    waiting.tries++;
    if (waiting.tries >= TRIES) this.giveUp(waiting);
    else if (!this.waiting.has(waiting.did)) this.waiting.set(waiting.did, waiting);
    else this.waiting.get(waiting.did)!.done.push(...waiting.done);
  }

  private giveUp({ did, done }: Waiting): void {
    this.waiting.delete(did);
    blueskyProfiles.inc({ outcome: 'failed' });
    for (const resolve of done) resolve();
  }

  /** 3 000 questions in 5 minutes are allowed; headers as of the IETF draft: what is left, and when the window ends. */
  private pauseAsTold(status: number, remaining: unknown, reset: unknown): void {
    if (status !== 429 && remaining !== '0') return;
    const told = Number(reset) * 1_000;
    const until = Number.isFinite(told) ? told : Date.now() + LONGEST_PAUSE_MS / 5;
    this.pausedUntil = Math.min(Math.max(until, Date.now() + PAUSE_MS), Date.now() + LONGEST_PAUSE_MS);
  }
}
