import type { PostKind } from '#libs/contracts';
import { countryOfLocation } from './country-of-location.domain.js';
import { LIMITS, type IncomingAuthor, type IncomingPost, type MappedRecord } from './contract.js';
import { addTags, count, filled, isObject, language, listOf, numeral, objectOf, text, type Json } from './fields.js';
import { epochInstant, snowflakeInstant, v1Instant } from './instants.js';
import { addMapped, emptyMapped, stampAuthors, UnusablePost } from './mapped.js';
import { countryOfPlace } from './x-v2-includes.js';
import { repostText, xPostUrl } from './x-post.js';

/** A page of v1.1 search. */
export function mapV1Page(record: Json): MappedRecord {
  const mapped = emptyMapped('x-v1-page');
  for (const status of listOf(record.statuses)) {
    addMapped(mapped, isObject(status) ? mapPost(status) : new UnusablePost('an element of statuses is no object'));
  }
  stampAuthors(mapped.posts, null);
  return mapped;
}

/** One status of v1.1, in the compatible or the extended form. */
export function mapV1Status(record: Json): MappedRecord {
  const mapped = emptyMapped('x-v1-status');
  const post = mapPost(record);
  if (post instanceof UnusablePost) return { type: 'bad', reason: post.reason };
  mapped.posts.push(post);
  stampAuthors(mapped.posts, null);
  return mapped;
}

function idOf(raw: Json, field: string): string | null {
  return numeral(raw[`${field}_str`]) ?? numeral(raw[field]);
}

function mapPost(raw: Json): IncomingPost | UnusablePost {
  const extId = idOf(raw, 'id');
  if (extId === null) return new UnusablePost('a status without a usable id_str');
  const user = objectOf(raw.user);
  const authorId = user && idOf(user, 'id');
  if (!user || authorId === null) return new UnusablePost(`status ${extId} has no user with an id_str`);
  const own = textOf(raw);
  if (own === null) return new UnusablePost(`status ${extId} has no text`);
  const postedAt = v1Instant(raw.created_at) ?? timestampOf(raw) ?? snowflakeInstant(extId);
  if (postedAt === null) return new UnusablePost(`status ${extId} has no usable created_at`);

  const author = mapUser(authorId, user);
  const reposted = objectOf(raw.retweeted_status);
  const quoted = objectOf(raw.quoted_status);
  const { kind, refExtId } = kindOf(raw, reposted, quoted);
  const fullText = reposted && textOf(reposted);
  const ownTags: string[] = [];
  const referencedTags: string[] = [];
  addStatusTags(ownTags, raw);
  for (const status of [reposted, quoted]) if (status) addStatusTags(referencedTags, status);
  const place = objectOf(raw.place);
  return {
    source: 'x',
    extId,
    version: '',
    url: xPostUrl(author.username, extId),
    postedAt,
    kind,
    refExtId,
    text: reposted && fullText !== null ? repostText(own, handleOf(reposted), fullText) : own,
    lang: language(raw.lang),
    ownTags,
    referencedTags,
    country: place && countryOfPlace(place),
    author,
    metrics: {
      reposts: count(raw.retweet_count),
      replies: count(raw.reply_count),
      likes: count(raw.favorite_count),
      quotes: count(raw.quote_count),
    },
    sensitive: raw.possibly_sensitive === true,
    edited: false,
    supersedes: [],
  };
}

function kindOf(raw: Json, reposted: Json | null, quoted: Json | null): { kind: PostKind; refExtId: string | null } {
  if (reposted) return { kind: 'repost', refExtId: idOf(reposted, 'id') };
  if (quoted || raw.is_quote_status === true) {
    return { kind: 'quote', refExtId: idOf(raw, 'quoted_status_id') ?? (quoted && idOf(quoted, 'id')) };
  }
  const answered = idOf(raw, 'in_reply_to_status_id');
  return { kind: answered === null ? 'original' : 'reply', refExtId: answered };
}

/** Extended statuses have `full_text`; in the compatible form the whole of a long one is in `extended_tweet`. */
function textOf(status: Json): string | null {
  const extended = objectOf(status.extended_tweet);
  return (
    text(extended?.full_text, LIMITS.text) ?? text(status.full_text, LIMITS.text) ?? text(status.text, LIMITS.text)
  );
}

function addStatusTags(into: string[], status: Json): void {
  addTags(into, objectOf(status.entities)?.hashtags, 'text');
  const extended = objectOf(status.extended_tweet);
  if (extended) addTags(into, objectOf(extended.entities)?.hashtags, 'text');
}

/** Streams give the milliseconds since the epoch, as a string. */
function timestampOf(raw: Json): number | null {
  const ms = raw.timestamp_ms;
  return typeof ms === 'string' && /^\d{13}$/.test(ms) ? epochInstant(Number(ms)) : null;
}

function handleOf(status: Json): string | null {
  return filled(objectOf(status.user)?.screen_name, LIMITS.username);
}

function mapUser(extId: string, user: Json): IncomingAuthor {
  const location = filled(user.location, LIMITS.location);
  return {
    source: 'x',
    extId,
    username: filled(user.screen_name, LIMITS.username),
    name: filled(user.name, LIMITS.name),
    followers: count(user.followers_count),
    location,
    country: location === null ? null : countryOfLocation(location),
    observedAt: null,
  };
}
