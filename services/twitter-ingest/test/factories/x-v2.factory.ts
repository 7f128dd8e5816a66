/** Records of the X API v2, made up; ids are real snowflakes of June 2021. */
export type Json = Record<string, unknown>;

const EPOCH = 1_288_834_974_657n;

/** An X id created at the given moment. */
export function snowflake(iso: string, sequence = 0): string {
  return String(((BigInt(Date.parse(iso)) - EPOCH) << 22n) + BigInt(sequence));
}

export function v2User(overrides: Json = {}): Json {
  return {
    id: '42',
    username: 'ada',
    name: 'Ada L. 🦊',
    location: 'Austin, TX',
    protected: false,
    public_metrics: { followers_count: 120, following_count: 3, tweet_count: 9, listed_count: 0 },
    ...overrides,
  };
}

export function v2Post(overrides: Json = {}): Json {
  const id = typeof overrides.id === 'string' ? overrides.id : snowflake('2021-06-04T10:00:00.000Z');
  return {
    id,
    text: 'Hello #Wörld 日本語 👩‍👩‍👧 & more',
    author_id: '42',
    created_at: '2021-06-04T10:00:00.000Z',
    lang: 'en',
    possibly_sensitive: false,
    entities: { hashtags: [{ start: 6, end: 12, tag: 'Wörld' }] },
    public_metrics: { retweet_count: 1, reply_count: 2, like_count: 3, quote_count: 4 },
    ...overrides,
  };
}

export function v2Page(data: Json[], includes: Json = { users: [v2User()] }, overrides: Json = {}): Json {
  return { data, includes, meta: { result_count: data.length, newest_id: '2', oldest_id: '1' }, ...overrides };
}

export function twarcNotes(retrievedAt = '2021-06-05T00:00:00+00:00'): Json {
  return { url: 'https://api.twitter.com/2/tweets/search/all', version: '2.0.0', retrieved_at: retrievedAt };
}

const NEW_SPELLING: Readonly<Record<string, string>> = {
  referenced_tweets: 'referenced_posts',
  tweets: 'posts',
  edit_history_tweet_ids: 'edit_history_post_ids',
  note_tweet: 'note_post',
};

/** The same record in the field names X is moving to. */
export function inNewSpelling(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inNewSpelling);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [NEW_SPELLING[key] ?? key, inNewSpelling(item)]),
  );
}
