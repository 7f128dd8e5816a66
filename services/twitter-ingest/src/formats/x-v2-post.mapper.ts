import type { PostKind } from '#libs/contracts';
import { LIMITS, type IncomingPost } from './contract.js';
import { addTags, count, isObject, language, listOf, numeral, objectOf, text, type Json } from './fields.js';
import { isoInstant, snowflakeInstant } from './instants.js';
import { UnusablePost } from './mapped.js';
import { countryOfGeo, type V2Includes } from './x-v2-includes.js';
import { repostText, xPostUrl } from './x-post.js';

const KIND_OF_TYPE: ReadonlyMap<unknown, PostKind> = new Map([
  ['retweeted', 'repost'],
  ['reposted', 'repost'],
  ['quoted', 'quote'],
  ['replied_to', 'reply'],
]);
const RANK: Readonly<Record<PostKind, number>> = { original: 0, reply: 1, quote: 2, repost: 3 };

export function mapV2Post(raw: Json, includes: V2Includes): IncomingPost | UnusablePost {
  const extId = numeral(raw.id);
  if (extId === null) return new UnusablePost('a post without a usable id');
  const own = textOf(raw);
  if (own === null) return new UnusablePost(`post ${extId} has no text`);
  const authorId = numeral(raw.author_id) ?? numeral(objectOf(raw.author)?.id);
  if (authorId === null) return new UnusablePost(`post ${extId} has no author_id`);
  const postedAt = isoInstant(raw.created_at) ?? snowflakeInstant(extId);
  if (postedAt === null) return new UnusablePost(`post ${extId} has no usable created_at`);

  const author = includes.author(authorId, raw.author);
  const reference = mapReferences(raw, includes);
  const metrics = objectOf(raw.public_metrics);
  const history = historyOf(raw, extId);
  const ownTags: string[] = [];
  addPostTags(ownTags, raw);
  return {
    source: 'x',
    extId,
    version: history[history.length - 1] ?? '',
    url: xPostUrl(author.username, extId),
    postedAt,
    kind: reference.kind,
    refExtId: reference.extId,
    text: reference.fullText === null ? own : repostText(own, reference.username, reference.fullText),
    lang: language(raw.lang),
    ownTags,
    referencedTags: reference.tags,
    country: countryOfGeo(raw.geo, includes),
    author,
    metrics: {
      reposts: count(metrics?.retweet_count ?? metrics?.repost_count),
      replies: count(metrics?.reply_count),
      likes: count(metrics?.like_count),
      quotes: count(metrics?.quote_count),
    },
    sensitive: raw.possibly_sensitive === true,
    edited: history.length > 1 && history[0] !== extId,
    supersedes: history.slice(0, Math.max(0, history.indexOf(extId))),
  };
}

function noteOf(raw: Json): Json | null {
  return objectOf(raw.note_tweet) ?? objectOf(raw.note_post);
}

/** `text` of a long post is its beginning only. */
function textOf(raw: Json): string | null {
  return text(noteOf(raw)?.text, LIMITS.text) ?? text(raw.text, LIMITS.text);
}

function addPostTags(into: string[], raw: Json): void {
  const entities = objectOf(raw.entities);
  if (entities) addTags(into, entities.hashtags, 'tag');
  const note = noteOf(raw);
  if (note) addTags(into, objectOf(note.entities)?.hashtags, 'tag');
}

/** Ids of all versions, oldest first, with at least the post itself when there is a chain at all. */
function historyOf(raw: Json, extId: string): string[] {
  const list = listOf(raw.edit_history_tweet_ids ?? raw.edit_history_post_ids);
  if (list.length === 0) return [];
  const ids = list.slice(0, 100).map(numeral);
  const known = ids.filter((id) => id !== null);
  return known.includes(extId) ? known : [...known, extId];
}

interface Reference {
  kind: PostKind;
  extId: string | null;
  /** Whole text of a reposted post and who wrote it, where the record includes them. */
  fullText: string | null;
  username: string | null;
  tags: string[];
}

/**
 * Tags come from posts this one shows again, by repost or quote: their words are part of what its readers see, and X finds
 * it by them. A reply shows nothing of the post it answers, so it does not inherit that post's tags.
 */
function mapReferences(raw: Json, includes: V2Includes): Reference {
  const result: Reference = { kind: 'original', extId: null, fullText: null, username: null, tags: [] };
  const references = listOf(raw.referenced_tweets ?? raw.referenced_posts);
  for (const reference of references.slice(0, 10)) {
    if (!isObject(reference)) continue;
    const kind = KIND_OF_TYPE.get(reference.type);
    const extId = numeral(reference.id);
    if (kind === undefined || extId === null) continue;
    const post = kind === 'reply' ? null : typeof reference.text === 'string' ? reference : includes.post(extId);
    if (post) addPostTags(result.tags, post);
    if (RANK[kind] <= RANK[result.kind]) continue;
    result.kind = kind;
    result.extId = extId;
    if (kind === 'repost' && post) {
      result.fullText = textOf(post);
      result.username = includes.usernameOf(post);
    }
  }
  return result;
}
