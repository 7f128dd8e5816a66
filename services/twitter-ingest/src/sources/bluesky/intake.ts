import type { Deletion, IncomingPost } from '../../formats/index.js';
import { blueskyEvents } from './bluesky.metrics.js';
import { mayMatter, parseEvent, readEvent, timeOf } from './jetstream-event.js';

/** What has been read since the last time it was taken. */
export interface Taken {
  /** Posts by part, in the order of the stream. */
  posts: Map<number, IncomingPost[]>;
  /** New versions without a followed tag. */
  edits: IncomingPost[];
  deletions: Deletion[];
  goneAuthors: Map<string, number | null>;
  errors: { reason: string }[];
  events: number;
}

/** Every so many events the clock of the stream is read. */
const TIME_EVERY = 100;

/** Why an event could not be used is kept for so many of them; the others are only counted. */
const MAX_ERRORS = 100;

/** Parts by the key of their tag. */
export type TagParts = ReadonlyMap<string, readonly number[]>;

/** Collects what matters of a stream for the tags that are followed now. Memory holds only what matched. */
export class Intake {
  private taken = emptyTaken();
  private last: Buffer | null = null;
  private time: number | undefined;
  private first: number | undefined;
  private counts = { passed: 0, matched: 0, deletion: 0, malformed: 0 };

  constructor(public tags: TagParts) {}

  /** Things kept, not events read. */
  get size(): number {
    const { posts, edits, deletions, goneAuthors } = this.taken;
    let size = edits.length + deletions.length + goneAuthors.size;
    for (const list of posts.values()) size += list.length;
    return size;
  }

  get events(): number {
    return this.taken.events;
  }

  /** Microseconds up to which the stream was read, as of the last time its clock was looked at. */
  get timeUs(): number | undefined {
    return this.time;
  }

  /** Microseconds of the first event of all. */
  get firstUs(): number | undefined {
    return this.first;
  }

  add(bytes: Buffer): void {
    this.taken.events++;
    this.last = bytes;
    if (mayMatter(bytes)) this.read(bytes);
    else this.counts.passed++;
    if (this.taken.events % TIME_EVERY === 1) this.readClock();
  }

  /** Hands over everything since the last call; {@link timeUs} is that of the last event in it. */
  take(): Taken {
    this.readClock();
    const { taken } = this;
    this.taken = emptyTaken();
    for (const [kind, count] of Object.entries(this.counts)) if (count > 0) blueskyEvents.inc({ kind }, count);
    this.counts = { passed: 0, matched: 0, deletion: 0, malformed: 0 };
    return taken;
  }

  private read(bytes: Buffer): void {
    const event = readEvent(parseEvent(bytes));
    switch (event.kind) {
      case 'passed':
        this.counts.passed++;
        return;
      case 'malformed':
        this.counts.malformed++;
        if (this.taken.errors.length < MAX_ERRORS) this.taken.errors.push({ reason: event.reason });
        return;
      case 'deletion':
        this.counts.deletion++;
        this.taken.deletions.push(event.deletion);
        return;
      case 'author-gone':
        this.counts.deletion++;
        this.taken.goneAuthors.set(event.did, event.at);
        return;
      default:
        this.keep(event.post, event.tagKeys, event.kind === 'edit');
    }
  }

  private keep(post: IncomingPost, tagKeys: readonly string[], isEdit: boolean): void {
    const parts = new Set(tagKeys.flatMap((key) => this.tags.get(key) ?? []));
    if (parts.size === 0) {
      this.counts.passed++;
      if (isEdit) this.taken.edits.push(post);
      return;
    }
    this.counts.matched++;
    for (const part of parts) {
      const list = this.taken.posts.get(part);
      if (list) list.push(post);
      else this.taken.posts.set(part, [post]);
    }
  }

  /** Looks at the clock of the stream now. */
  readClock(): void {
    if (!this.last) return;
    const time = timeOf(parseEvent(this.last), Date.now());
    if (time !== undefined) {
      this.first ??= time;
      this.time = Math.max(this.time ?? 0, time);
    }
    this.last = null;
  }
}

function emptyTaken(): Taken {
  return { posts: new Map(), edits: [], deletions: [], goneAuthors: new Map(), errors: [], events: 0 };
}

/** Parts by tag, for {@link Intake}. */
export function tagParts(parts: readonly { partId: number; tagKey: string }[]): TagParts {
  const index = new Map<string, number[]>();
  for (const { partId, tagKey } of parts) index.set(tagKey, [...(index.get(tagKey) ?? []), partId]);
  return index;
}
