/** A small generator of numbers, so that a failed run can be repeated from its seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface SampleUser {
  id: string;
  username: string;
  name: string;
  location?: string;
  public_metrics: { followers_count: number };
}

export interface SamplePost {
  id: string;
  author_id: string;
  created_at: string;
  text: string;
  lang: string;
  geo?: { place_id: string };
  referenced_tweets?: { type: 'retweeted' | 'quoted' | 'replied_to'; id: string }[];
  entities: { hashtags: { start: number; end: number; tag: string }[] };
  public_metrics: { retweet_count: number; reply_count: number; like_count: number; quote_count: number };
}

export interface SamplePage {
  data: SamplePost[];
  includes: { users: SampleUser[]; places: { id: string; country_code: string; full_name: string }[] };
  meta: { result_count: number };
}

export interface ArchiveShape {
  seed: number;
  /** Digits put before all ids, so that archives do not share posts or authors. */
  idPrefix?: string;
  posts: number;
  authors: number;
  perPage: number;
  /** Tag every post uses. */
  tag: string;
  /** First instant, and how many days the posts are spread over. */
  from: string;
  days: number;
}

const LANGS = ['en', 'pt', 'es', 'ja', 'zh', 'de', 'und', 'in'];
const COUNTRIES = ['BR', 'PT', 'US', 'JP', 'IN', 'NP'];
const LOCATIONS = ['Lisboa, Portugal', 'São Paulo', 'Austin, TX', 'Kathmandu', 'somewhere', undefined];
const OTHER_TAGS = ['Sunrise', 'SUNRISE', 'Ωmega', '香港', 'café', 'Straße', 'Sky_1', 'ふじさん'];
const REFERENCES = ['retweeted', 'quoted', 'replied_to'] as const;

/** Pages of an X API v2 search as the API would give them, newest first; invented, and the same for the same shape. */
export function samplePages(shape: ArchiveShape): SamplePage[] {
  const random = seeded(shape.seed);
  const prefix = shape.idPrefix ?? '';
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() ** 2 * list.length)]!;
  const users = Array.from({ length: shape.authors }, (_, n): SampleUser => {
    const location = LOCATIONS[n % LOCATIONS.length];
    return {
      id: `${prefix}${1_000 + n}`,
      username: `user${n}`,
      name: `User ${n}`,
      ...(location !== undefined && { location }),
      // Few different counts, so that ties are common.
      public_metrics: { followers_count: Math.floor(random() * 40) * 10 },
    };
  });
  const start = Date.parse(shape.from);
  const posts = Array.from({ length: shape.posts }, (_, n): SamplePost => {
    const at = start + Math.floor(random() * shape.days * 86_400_000);
    const tags = [shape.tag, ...new Set(Array.from({ length: Math.floor(random() * 4) }, () => pick(OTHER_TAGS)))];
    const reference = random() < 0.5 ? undefined : pick(REFERENCES);
    return {
      id: `${prefix}${10_000_000 + n}`,
      author_id: pick(users).id,
      created_at: new Date(at).toISOString(),
      text: tags.map((tag) => `#${tag}`).join(' '),
      lang: pick(LANGS),
      ...(random() < 0.2 && { geo: { place_id: `place-${pick(COUNTRIES)}` } }),
      ...(reference && { referenced_tweets: [{ type: reference, id: '1' }] }),
      entities: { hashtags: tags.map((tag) => ({ start: 0, end: tag.length + 1, tag })) },
      public_metrics: { retweet_count: 0, reply_count: 0, like_count: n, quote_count: 0 },
    };
  }).sort((a, b) => (a.created_at < b.created_at ? 1 : -1));

  const byId = new Map(users.map((user) => [user.id, user]));
  const pages: SamplePage[] = [];
  for (let at = 0; at < posts.length; at += shape.perPage) {
    const data = posts.slice(at, at + shape.perPage);
    pages.push({
      data,
      includes: {
        users: [...new Set(data.map((post) => post.author_id))].map((id) => byId.get(id)!),
        places: COUNTRIES.map((code) => ({ id: `place-${code}`, country_code: code, full_name: code })),
      },
      meta: { result_count: data.length },
    });
  }
  return pages;
}

export function toJsonl(pages: readonly object[]): string {
  return pages.map((page) => JSON.stringify(page)).join('\n') + '\n';
}
