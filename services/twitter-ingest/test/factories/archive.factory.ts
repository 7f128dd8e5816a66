import { gzipSync } from 'node:zlib';
import { blueskyPost, jetstreamEvent, mastodonStatus } from './fediverse.factory.js';
import { v1Status } from './x-v1.factory.js';
import { snowflake, twarcNotes, v2Page, v2Post, v2User, type Json } from './x-v2.factory.js';

/** One record of every format. */
export function mixedRecords(): Json[] {
  const original = v2Post({
    id: snowflake('2021-06-01T00:00:00Z'),
    author_id: '43',
    text: 'the whole text of it #Own',
  });
  const repost = v2Post({
    id: snowflake('2021-06-04T11:00:00Z'),
    text: 'RT @bob: the whole te…',
    referenced_tweets: [{ type: 'retweeted', id: original.id }],
    entities: {},
  });
  const includes = { users: [v2User(), v2User({ id: '43', username: 'bob' })], tweets: [original] };
  return [
    v2Page([v2Post(), repost], includes),
    v2Page(
      [v2Post({ geo: { place_id: 'p1' } })],
      { users: [v2User()], places: [{ id: 'p1', country_code: 'br' }] },
      { __twarc: twarcNotes() },
    ),
    { data: v2Post({ lang: 'in' }), includes: { users: [v2User()] }, matching_rules: [{ id: '1', tag: 'x' }] },
    { ...v2Post(), author: v2User(), __twarc: twarcNotes() },
    v1Status(),
    v1Status({
      full_text: undefined,
      text: 'cut…',
      extended_tweet: { full_text: 'all of it', entities: { hashtags: [{ text: 'ab' }] } },
    }),
    { statuses: [v1Status(), v1Status({ id_str: '504610000000000002' })], search_metadata: {} },
    { delete: { status: { id: 1, id_str: '504610000000000003', user_id_str: '77' }, timestamp_ms: '1427215322155' } },
    jetstreamEvent({ record: blueskyPost() }),
    jetstreamEvent({ operation: 'delete', rkey: '3mptbypowzs2f' }),
    mastodonStatus(),
    { event: 'update', payload: JSON.stringify(mastodonStatus({ language: null })) },
  ];
}

export function asLines(records: readonly unknown[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/** Every record a gzip member of its own. */
export function asGzipMembers(records: readonly unknown[]): Buffer {
  return Buffer.concat(records.map((record) => gzipSync(asLines([record]))));
}

/** The bytes in pieces of a size. */
export async function* inChunks(bytes: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
