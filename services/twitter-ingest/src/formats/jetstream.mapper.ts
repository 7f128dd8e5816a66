import { LIMITS, type IncomingAuthor, type IncomingPost, type MappedRecord } from './contract.js';
import { addTag, isObject, language, listOf, objectOf, text, type Json } from './fields.js';
import { claimedInstant, epochInstant } from './instants.js';
import { emptyMapped } from './mapped.js';

const POST = 'app.bsky.feed.post';
const REPOST = 'app.bsky.feed.repost';
const TAG_FEATURE = 'app.bsky.richtext.facet#tag';
/** DID and record key, as AT URIs spell them. */
const DID = /^did:[a-z]+:[A-Za-z0-9._:%-]{1,250}$/;
const RKEY = /^[A-Za-z0-9._:~-]{1,200}$/;
const POST_URI = /^at:\/\/[^/\s]+\/app\.bsky\.feed\.post\/[^/\s]+$/;

/** An event of Bluesky's Jetstream. Everything but posts and reposts is skipped. */
export function mapJetstream(event: Json): MappedRecord {
  const mapped = emptyMapped('jetstream');
  const commit = objectOf(event.commit);
  if (!commit || (commit.collection !== POST && commit.collection !== REPOST)) {
    mapped.skipped = 1;
    return mapped;
  }
  const { rkey, operation, collection } = commit;
  if (typeof event.did !== 'string' || !DID.test(event.did)) return bad('an event without a usable did');
  if (typeof rkey !== 'string' || !RKEY.test(rkey)) return bad('a commit without a usable rkey');
  const extId = `at://${event.did}/${collection}/${rkey}`;
  const seenAt = epochInstant(typeof event.time_us === 'number' ? event.time_us / 1_000 : null);
  if (operation === 'delete') {
    mapped.deletions.push({ source: 'bluesky', extId, deletedAt: seenAt });
    return mapped;
  }
  const record = objectOf(commit.record);
  if ((operation !== 'create' && operation !== 'update') || !record) return bad(`commit of ${extId} has no record`);
  // Authors may claim any date: years 1 and 1970 occur, and so do dates to come.
  const postedAt = claimedInstant(record.createdAt, rkey, seenAt);
  if (postedAt === null) return bad(`${extId} is not dated: neither createdAt nor rkey nor time_us is a usable time`);
  const base = { extId, postedAt, did: event.did, seenAt, version: text(commit.rev, LIMITS.version) ?? '' };
  const post = collection === POST ? mapPost(base, rkey, record) : mapRepost(base, record);
  if (typeof post === 'string') return bad(post);
  post.edited = operation === 'update';
  mapped.posts.push(post);
  return mapped;
}

function bad(reason: string): MappedRecord {
  return { type: 'bad', reason };
}

interface Base {
  extId: string;
  postedAt: number;
  did: string;
  seenAt: number | null;
  version: string;
}

function mapPost(base: Base, rkey: string, record: Json): IncomingPost | string {
  const words = text(record.text, LIMITS.text);
  if (words === null) return `${base.extId} has no text`;
  const post = emptyPost(base);
  post.url = `https://bsky.app/profile/${base.did}/post/${rkey}`;
  post.text = words;
  post.lang = language(listOf(record.langs)[0]);
  const quoted = quotedUri(objectOf(record.embed));
  const parent = postUri(objectOf(objectOf(record.reply)?.parent)?.uri);
  if (quoted !== null) {
    post.kind = 'quote';
    post.refExtId = quoted;
  } else if (isObject(record.reply)) {
    post.kind = 'reply';
    post.refExtId = parent;
  }
  for (const facet of listOf(record.facets)) {
    for (const feature of listOf(objectOf(facet)?.features)) {
      if (isObject(feature) && feature.$type === TAG_FEATURE) addTag(post.ownTags, feature.tag);
    }
  }
  for (const tag of listOf(record.tags)) addTag(post.ownTags, tag);
  // Labels starting with ! steer the app (such as "not for people without a login"); the others are content warnings.
  post.sensitive = listOf(objectOf(record.labels)?.values).some((label) => {
    const value = objectOf(label)?.val;
    return typeof value === 'string' && !value.startsWith('!');
  });
  return post;
}

function mapRepost(base: Base, record: Json): IncomingPost | string {
  const subject = postUri(objectOf(record.subject)?.uri);
  if (subject === null) return `${base.extId} reposts nothing that is a post`;
  const post = emptyPost(base);
  post.kind = 'repost';
  post.refExtId = subject;
  return post;
}

/** Embeds may as well be lists, feeds or starter packs; only a post makes a quote. */
function quotedUri(embed: Json | null): string | null {
  if (!embed) return null;
  const record = objectOf(embed.record);
  if (embed.$type === 'app.bsky.embed.record') return postUri(record?.uri);
  if (embed.$type === 'app.bsky.embed.recordWithMedia') return postUri(objectOf(record?.record)?.uri);
  return null;
}

function postUri(value: unknown): string | null {
  return typeof value === 'string' && value.length <= LIMITS.extId && POST_URI.test(value)
    ? text(value, LIMITS.extId)
    : null;
}

/** The version is the `rev`: unlike the cid it grows with every change of a repository. */
function emptyPost({ extId, postedAt, did, seenAt, version }: Base): IncomingPost {
  return {
    source: 'bluesky',
    extId,
    version,
    url: null,
    postedAt,
    kind: 'original',
    refExtId: null,
    text: '',
    lang: 'und',
    ownTags: [],
    referencedTags: [],
    country: null,
    author: authorOf(did, seenAt ?? postedAt),
    metrics: { reposts: null, replies: null, likes: null, quotes: null },
    sensitive: false,
    edited: false,
    supersedes: [],
  };
}

/** Jetstream names authors by their DID alone. */
function authorOf(did: string, observedAt: number): IncomingAuthor {
  return {
    source: 'bluesky',
    extId: did,
    username: null,
    name: null,
    followers: null,
    location: null,
    country: null,
    observedAt,
  };
}
