import { htmlToText } from './html-text.domain.js';
import { LIMITS, type IncomingAuthor, type IncomingPost, type MappedRecord } from './contract.js';
import { addTags, count, filled, isObject, language, objectOf, text, webUrl, type Json } from './fields.js';
import { isoInstant } from './instants.js';
import { emptyMapped, stampAuthors, UnusablePost } from './mapped.js';

/** One status of the REST API. An archive is a list of them or one a line. */
export function mapMastodonStatus(record: Json): MappedRecord {
  const post = mapStatus(record);
  if (post instanceof UnusablePost) return { type: 'bad', reason: post.reason };
  const mapped = emptyMapped('mastodon-status');
  mapped.posts.push(post);
  stampAuthors(mapped.posts, null);
  return mapped;
}

export function isMastodonEvent(record: Json): boolean {
  return typeof record.event === 'string' && 'payload' in record;
}

/**
 * A message of the streaming API. `delete` names the id a status has on one server, which its URI does not tell: nothing
 * can be deleted by it, and it is skipped like the other events.
 */
export function mapMastodonEvent(record: Json): MappedRecord {
  const mapped = emptyMapped('mastodon-event');
  if (record.event !== 'update' && record.event !== 'status.update') {
    mapped.skipped = 1;
    return mapped;
  }
  let payload = record.payload;
  try {
    if (typeof payload === 'string') payload = JSON.parse(payload);
  } catch {
    return { type: 'bad', reason: 'the payload of a Mastodon event is not JSON' };
  }
  if (!isObject(payload)) return { type: 'bad', reason: 'a Mastodon event without a status' };
  const status = mapMastodonStatus(payload);
  return status.type === 'bad' ? status : { ...status, format: mapped.format };
}

/** Ids differ from server to server; only the URI is the same everywhere. */
function uriOf(status: Json): string | null {
  const uri = status.uri;
  return typeof uri === 'string' && uri.length <= LIMITS.extId && /^[a-z]+:\S+$/i.test(uri)
    ? text(uri, LIMITS.extId)
    : null;
}

function mapStatus(raw: Json): IncomingPost | UnusablePost {
  const extId = uriOf(raw);
  if (extId === null)
    return new UnusablePost(`a Mastodon status without a usable uri (up to ${LIMITS.extId} characters)`);
  const author = mapAccount(objectOf(raw.account) ?? {});
  if (!author) return new UnusablePost(`${extId} has no usable account`);
  const postedAt = isoInstant(raw.created_at);
  if (postedAt === null) return new UnusablePost(`${extId} has no usable created_at`);
  const reposted = objectOf(raw.reblog);
  const shown = reposted ?? raw;
  const words = textOf(shown);
  if (words === null) return new UnusablePost(`${extId} has no content`);

  const quote = objectOf(raw.quote);
  const quoted = quote && (objectOf(quote.quoted_status) ?? (uriOf(quote) === null ? null : quote));
  const ownTags: string[] = [];
  const referencedTags: string[] = [];
  addTags(ownTags, raw.tags, 'name');
  for (const status of [reposted, quoted]) if (status) addTags(referencedTags, status.tags, 'name');
  const editedAt = isoInstant(raw.edited_at);
  return {
    source: 'mastodon',
    extId,
    version: editedAt === null ? '' : new Date(editedAt).toISOString(),
    url: webUrl(raw.url),
    postedAt,
    kind: reposted ? 'repost' : quote ? 'quote' : typeof raw.in_reply_to_id === 'string' ? 'reply' : 'original',
    // What a reply answers is named by an id of the server only.
    refExtId: reposted ? uriOf(reposted) : quoted && uriOf(quoted),
    text: (reposted && text(repostPrefix(reposted) + words, LIMITS.text)) ?? words,
    lang: language(raw.language ?? shown.language),
    ownTags,
    referencedTags,
    country: null,
    author,
    metrics: {
      reposts: count(raw.reblogs_count),
      replies: count(raw.replies_count),
      likes: count(raw.favourites_count),
      quotes: count(raw.quotes_count),
    },
    sensitive: raw.sensitive === true,
    edited: editedAt !== null,
    supersedes: [],
  };
}

/** The content warning is part of what the author wrote. */
function textOf(status: Json): string | null {
  if (typeof status.content !== 'string') return null;
  const warning = filled(status.spoiler_text, LIMITS.text);
  const content = htmlToText(status.content.slice(0, 4 * LIMITS.text));
  return text(warning === null ? content : `${warning}\n\n${content}`, LIMITS.text);
}

function repostPrefix(status: Json): string {
  const author = mapAccount(objectOf(status.account) ?? {});
  return author?.username ? `RT @${author.username}: ` : 'RT ';
}

/** Profiles have no location field, so no country either. */
function mapAccount(account: Json): IncomingAuthor | null {
  const url = webUrl(account.uri) ?? webUrl(account.url);
  const acct = filled(account.acct, LIMITS.username);
  const extId = url ?? acct;
  if (extId === null || extId.length > LIMITS.extId) return null;
  return {
    source: 'mastodon',
    extId,
    username: acct === null ? null : fullHandle(acct, webUrl(account.url) ?? url),
    name: filled(account.display_name, LIMITS.name),
    followers: count(account.followers_count),
    location: null,
    country: null,
    observedAt: null,
  };
}

/** A server leaves its own name out of the handles of its users; with it the handle means the same everywhere. */
function fullHandle(acct: string, url: string | null): string {
  if (acct.includes('@') || url === null) return acct;
  const host = /^https?:\/\/([^/?#]+)/i.exec(url)?.[1];
  const full = `${acct}@${host}`;
  return host === undefined || full.length > LIMITS.username ? acct : full;
}
