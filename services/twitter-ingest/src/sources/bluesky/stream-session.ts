import type { Egress } from '#libs/egress';
import { sleep } from '#libs/kernel';
import type { FollowedPart, StreamItems, StreamLead } from '../../captures/source-driver.js';
import { UpstreamError } from '../../captures/upstream.errors.js';
import type { IncomingPost } from '../../formats/index.js';
import type { BlueskyProfiles } from './bluesky-profiles.service.js';
import { blueskyProfiles } from './bluesky.metrics.js';
import { Intake, tagParts, type Taken } from './intake.js';
import { CursorTooOldError, JetstreamConnection } from './jetstream-connection.js';
import { gapBetween, resumeAt, type JetstreamCursor } from './jetstream-resume.domain.js';
import { postsOf, type TakenResolver } from './taken-resolver.service.js';

/** How often what was read is stored; the lag of a post is at most about this and the look-up of its author. */
const SAVE_MS = 250;

/** The cursor moves on in the table at least this often, also when nothing matched. */
const IDLE_SAVE_MS = 1_000;

/** Things read and not stored at which the socket is no longer read. */
const PAUSE_AT = 5_000;

/** How long posts wait for the names of their authors. */
const PROFILE_MS = 700;

/** Posts stored without the name of their author, which is added when it comes. */
const MAX_LATE = 5_000;

export interface SessionParts {
  endpoint: string;
  egress: Egress;
  lead: StreamLead;
  profiles: BlueskyProfiles;
  resolver: TakenResolver;
  cursor: JetstreamCursor | null;
}

/** The reading of a stream over any number of connections, by one leader. */
export class StreamSession {
  private cursor: JetstreamCursor | null;
  private parts: readonly FollowedPart[] = [];
  private late: { partId: number; post: IncomingPost }[] = [];
  private savedAt = 0;
  private saves = 0;

  constructor(private readonly given: SessionParts) {
    this.cursor = given.cursor;
  }

  /**
   * One connection, until it ends.
   *
   * @returns why it ended
   * @throws what the lead throws: the lead or the database is lost
   */
  async run(stop: AbortSignal): Promise<UpstreamError | CursorTooOldError> {
    const { endpoint, egress, lead } = this.given;
    this.parts = await lead.followed();
    const intake = new Intake(tagParts(this.parts));
    const since = sinceOf(this.parts);
    const askedUs = resumeAt(this.cursor, endpoint, since, Date.now());
    // Nothing can be missing of what was before the captures, or before the first reading of all.
    const promisedUs = this.cursor && Math.max(this.cursor.timeUs, (since?.getTime() ?? 0) * 1_000);
    let connection: JetstreamConnection;
    try {
      connection = new JetstreamConnection(endpoint, askedUs, egress, (bytes) => {
        intake.add(bytes);
        if (intake.size >= PAUSE_AT) connection.pause();
      });
    } catch (error) {
      if (error instanceof UpstreamError) return error;
      throw error;
    }
    const end: { reason?: UpstreamError | CursorTooOldError } = {};
    const over = new AbortController();
    const closed = connection.closed.then((reason) => {
      end.reason = reason;
      over.abort();
    });
    const onStop = () => connection.close();
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      let firstSeen = false;
      for (let more = true; more;) {
        await sleep(SAVE_MS, over.signal);
        more = end.reason === undefined;
        if (!firstSeen && intake.events > 0 && intake.timeUs !== undefined) {
          firstSeen = true;
          await this.noteGap(promisedUs, intake.firstUs);
        }
        await this.store(intake);
        connection.resume();
      }
      await closed;
      return end.reason!;
    } finally {
      stop.removeEventListener('abort', onStop);
      connection.close();
    }
  }

  /** Batches stored so far: a connection that brought some was a good one. */
  get progress(): number {
    return this.saves;
  }

  /** The endpoint does not go back to the cursor: what lies between is lost. */
  async skipTo(oldest: Date): Promise<void> {
    const timeUs = oldest.getTime() * 1_000;
    if (this.cursor) await this.noteGap(this.cursor.timeUs, timeUs);
    this.cursor = { endpoint: this.given.endpoint, timeUs };
  }

  private async noteGap(fromUs: number | null, toUs: number | undefined): Promise<void> {
    const gap = fromUs === null || toUs === undefined ? null : gapBetween(fromUs, toUs);
    if (gap) await this.given.lead.gap({ ...gap, reason: 'the stream does not go back that far' });
  }

  private async store(intake: Intake): Promise<void> {
    const { lead, resolver, profiles } = this.given;
    const due = Date.now() - this.savedAt >= IDLE_SAVE_MS;
    if (!due && intake.size === 0) return;
    this.parts = await lead.followed();
    const { tags } = intake;
    intake.tags = tagParts(this.parts);
    const taken = intake.take();
    const cursor = this.cursorAfter(intake.timeUs);
    const late = this.takeLate();
    if (!cursor || taken.events + late.length === 0) return;
    await resolver.addEdits(taken, tags);
    const deletions = await resolver.deletions(taken);
    const unnamed = new Set(await profiles.enrich(postsOf(taken), PROFILE_MS));
    await lead.save({
      items: [...itemsOf(taken), ...late],
      deletions,
      invalid: taken.errors.length,
      cursor: { ...cursor },
      seenUpTo: new Date(Math.floor(cursor.timeUs / 1_000)),
    });
    this.cursor = cursor;
    this.savedAt = Date.now();
    this.saves++;
    for (const [partId, posts] of taken.posts) {
      for (const post of posts) if (unnamed.has(post)) this.late.push({ partId, post });
    }
    this.late = this.late.slice(-MAX_LATE);
  }

  private cursorAfter(timeUs: number | undefined): JetstreamCursor | null {
    if (timeUs === undefined) return this.cursor;
    return { endpoint: this.given.endpoint, timeUs: Math.max(this.cursor?.timeUs ?? 0, timeUs) };
  }

  /** Posts stored earlier whose authors are known by now: storing them again only adds the author. */
  private takeLate(): StreamItems[] {
    if (this.late.length === 0) return [];
    const { profiles } = this.given;
    const ready = this.late.filter(({ post }) => profiles.fill(post));
    if (ready.length === 0) return [];
    this.late = this.late.filter((entry) => !ready.includes(entry));
    blueskyProfiles.inc({ outcome: 'late' }, ready.length);
    return ready.map(({ partId, post }) => ({ partId, posts: [post] }));
  }
}

function itemsOf({ posts }: Taken): StreamItems[] {
  return [...posts].map(([partId, list]) => ({ partId, posts: list }));
}

/** When the oldest of the captures began; null when there is none. */
function sinceOf(parts: readonly FollowedPart[]): Date | null {
  const oldest = Math.min(...parts.map(({ since }) => since.getTime()));
  return Number.isFinite(oldest) ? new Date(oldest) : null;
}
