const hours = (posts: Readonly<Record<number, number>>) =>
  Array.from({ length: 24 }, (_, hour) => ({ hour, posts: posts[hour] ?? 0 }));

/** One answer of each report, as shown in the docs. */
export const REPORT_EXAMPLES = {
  summary: {
    tag: 'lookout',
    posts: 40,
    authors: 12,
    first_post_at: '2026-02-14T08:15:00.000Z',
    last_post_at: '2026-02-20T21:40:00.000Z',
    kinds: { original: 26, reply: 6, quote: 4, repost: 4 },
  },
  'top-users': {
    tag: 'lookout',
    users: [
      {
        rank: 1,
        source: 'x',
        user_id: '7001',
        username: 'harbour_eye',
        name: 'Harbour Eye',
        followers: 5120,
        posts: 4,
        followers_seen_at: '2026-02-14T08:15:00.000Z',
      },
    ],
  },
  'posts-by-hour': { tag: 'lookout', tz: 'America/Sao_Paulo', hours: hours({ 5: 3, 9: 12, 18: 25 }) },
  'posts-by-language': {
    tag: 'lookout',
    basis: 'post',
    languages: [
      { lang: 'en', posts: 22 },
      { lang: 'pt', posts: 15 },
      { lang: 'und', posts: 3 },
    ],
  },
  'posts-by-country': {
    tag: 'lookout',
    place: [
      { country: 'PT', posts: 8 },
      { country: 'none', posts: 32 },
    ],
    profile: [
      { country: 'BR', authors: 4 },
      { country: 'none', authors: 8 },
    ],
  },
  'posts-over-time': {
    tag: 'lookout',
    tz: 'UTC',
    interval: 'day',
    points: [
      { start: '2026-02-14T00:00:00.000Z', posts: 9 },
      { start: '2026-02-15T00:00:00.000Z', posts: 0 },
    ],
  },
  'cooccurring-tags': { tag: 'lookout', tags: [{ tag: 'fog', posts: 7 }] },
} as const;

export type ReportName = keyof typeof REPORT_EXAMPLES;
