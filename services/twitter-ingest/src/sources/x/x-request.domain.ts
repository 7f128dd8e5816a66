import type { XCountsAsk, XSearch } from './x-api.types.js';

/** X is renaming tweets to posts; its prose still has the old names, its OpenAPI document the new ones. */
export type XSpelling = 'tweet' | 'post';

export type XQuery = Record<string, string>;

const POST_FIELDS = [
  'created_at',
  'lang',
  'author_id',
  'public_metrics',
  'entities',
  'geo',
  'conversation_id',
  'possibly_sensitive',
  'withheld',
];
const RENAMED_FIELDS: Readonly<Record<XSpelling, readonly string[]>> = {
  tweet: ['referenced_tweets', 'edit_history_tweet_ids', 'note_tweet'],
  post: ['referenced_posts', 'edit_history_post_ids', 'note_post'],
};
const USER_FIELDS = 'username,name,location,created_at,public_metrics,verified_type,protected';
const PLACE_FIELDS = 'country,country_code,full_name,place_type';

/** What is asked about every post: all that the reports need and nothing more. */
export function fieldsQuery(spelling: XSpelling): XQuery {
  return {
    [`${spelling}.fields`]: [...POST_FIELDS, ...RENAMED_FIELDS[spelling]].join(','),
    expansions: `author_id,geo.place_id,referenced_${spelling}s.id`,
    'user.fields': USER_FIELDS,
    'place.fields': PLACE_FIELDS,
  };
}

/** What tells whether a stored post is still what it was. */
export function checkQuery(spelling: XSpelling): XQuery {
  return { [`${spelling}.fields`]: `edit_history_${spelling}_ids,geo,withheld` };
}

export function searchQuery(search: XSearch, spelling: XSpelling): XQuery {
  return {
    query: search.query,
    max_results: String(search.maxResults),
    ...fieldsQuery(spelling),
    ...given({
      since_id: search.sinceId,
      until_id: search.untilId,
      start_time: instant(search.startTime),
      end_time: instant(search.endTime),
      next_token: search.nextToken,
    }),
  };
}

export function countsQuery(query: string, ask: XCountsAsk): XQuery {
  return {
    query,
    granularity: ask.granularity,
    ...given({ start_time: instant(ask.startTime), end_time: instant(ask.endTime), next_token: ask.nextToken }),
  };
}

/** Whole seconds: X refuses fractions on some endpoints and ignores them on others. */
function instant(time: Date | undefined): string | undefined {
  return time?.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function given(parameters: Record<string, string | undefined>): XQuery {
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
