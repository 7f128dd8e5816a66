import { mapRecord, type Deletion, type IncomingPost } from '../../formats/index.js';
import { taggingsOf } from '../../posts/tagging.domain.js';

/** What an event is for somebody who follows tags. */
export type JetstreamEvent =
  | { kind: 'passed' }
  | { kind: 'malformed'; reason: string }
  | { kind: 'deletion'; deletion: Deletion }
  /** Every post of this author is gone. */
  | { kind: 'author-gone'; did: string; at: number | null }
  | { kind: 'post'; post: IncomingPost; tagKeys: string[] }
  /** A new version of a post; it may have been stored under tags it no longer has. */
  | { kind: 'edit'; post: IncomingPost; tagKeys: string[] };

/**
 * Bytes without which an event cannot matter: a tag of the text (type `...facet#tag`), a tag beside it, or the word for a
 * deletion, an edit or an account that is gone. In a text a quote is escaped, so `"delete"` never stands in one.
 */
const NEEDLES = ['#tag"', '"tags"', '"delete"', '"update"', '"deleted"', '"takendown"'].map((text) =>
  Buffer.from(text),
);

/** Account states after which the posts are no longer to be shown. */
const GONE: ReadonlySet<unknown> = new Set(['deleted', 'takendown']);

/** Tells most events apart without parsing them: of the whole network only a tenth has a tag. */
export function mayMatter(bytes: Buffer): boolean {
  return NEEDLES.some((needle) => bytes.includes(needle));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @returns nothing for what is not JSON in UTF-8 */
export function parseEvent(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

const YEAR_2022_US = 1_640_995_200_000_000;

/** Microseconds at which Jetstream saw the event; nothing when it does not say, or says what cannot be. */
export function timeOf(event: unknown, now: number): number | undefined {
  const time = (event as { time_us?: unknown } | null | undefined)?.time_us;
  const possible = typeof time === 'number' && Number.isSafeInteger(time) && time > YEAR_2022_US;
  return possible && time < (now + 3_600_000) * 1_000 ? time : undefined;
}

/** Takes any JSON value and never throws. */
export function readEvent(event: unknown): JetstreamEvent {
  if (event === undefined) return { kind: 'malformed', reason: 'not JSON' };
  const did = goneAuthor(event);
  if (did !== null)
    return { kind: 'author-gone', did, at: Math.floor((timeOf(event, Date.now()) ?? 0) / 1_000) || null };
  const mapped = mapRecord(event);
  if (mapped.type === 'bad') return { kind: 'malformed', reason: mapped.reason };
  if (mapped.format !== 'jetstream') return { kind: 'malformed', reason: 'not an event of Jetstream' };
  const [deletion] = mapped.deletions;
  if (deletion) return { kind: 'deletion', deletion };
  const [post] = mapped.posts;
  if (!post || post.kind === 'repost') return { kind: 'passed' };
  const tagKeys = [...taggingsOf(post, null).keys()];
  if (post.edited) return { kind: 'edit', post, tagKeys };
  return tagKeys.length > 0 ? { kind: 'post', post, tagKeys } : { kind: 'passed' };
}

function goneAuthor(event: unknown): string | null {
  const { kind, account } = (event ?? {}) as {
    kind?: unknown;
    account?: { did?: unknown; active?: unknown; status?: unknown };
  };
  if (kind !== 'account' || typeof account !== 'object' || account === null) return null;
  const gone = account.active === false && GONE.has(account.status);
  return gone && typeof account.did === 'string' && account.did.length <= 512 ? account.did : null;
}
