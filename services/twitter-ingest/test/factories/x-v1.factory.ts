import type { Json } from './x-v2.factory.js';

export function v1User(overrides: Json = {}): Json {
  return {
    id: 77,
    id_str: '77',
    screen_name: 'grace',
    name: 'Grace',
    location: 'London',
    followers_count: 5_000,
    lang: null,
    ...overrides,
  };
}

/** An extended status (`full_text`). */
export function v1Status(overrides: Json = {}): Json {
  return {
    created_at: 'Wed Aug 27 13:08:45 +0000 2014',
    id: 504_610_000_000_000_000,
    id_str: '504610000000000001',
    full_text: 'Statistics with #rstats',
    entities: { hashtags: [{ text: 'rstats', indices: [16, 23] }] },
    user: v1User(),
    in_reply_to_status_id_str: null,
    place: null,
    is_quote_status: false,
    retweet_count: 7,
    favorite_count: 8,
    lang: 'en',
    ...overrides,
  };
}
