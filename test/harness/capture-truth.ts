import type { FediTruth, SkyTruth, XTruth } from '../simulators/index.js';

/** What a simulator says a complete capture holds, in one form for all of them. */
export interface TruePost {
  id: string;
  authorId: string;
  postedAt: string;
  kind: 'original' | 'reply' | 'quote' | 'repost';
  text: string;
  lang: string;
  country: string | null;
  /** Folded, sorted. */
  ownTags: string[];
  referencedTags: string[];
  edited: boolean;
}

export interface Truth {
  posts: TruePost[];
  /** Followers by author; null where the source does not tell. */
  followers: Map<string, number | null>;
}

const X_KINDS = { retweeted: 'repost', quoted: 'quote', replied_to: 'reply' } as const;
const OLDEST = Date.parse('2006-01-01T00:00:00Z');

export function ofX({ posts, authors }: XTruth): Truth {
  return {
    posts: sorted(
      posts.map((post) => ({
        id: post.id,
        authorId: post.authorId,
        postedAt: post.createdAt,
        kind: post.reference ? X_KINDS[post.reference.type] : 'original',
        text: post.text,
        lang: langOf(post.lang),
        country: post.country,
        ownTags: post.ownTags,
        referencedTags: post.referencedTags,
        edited: post.versions.length > 1,
      })),
    ),
    followers: new Map(authors.map(({ id, followers }) => [id, followers])),
  };
}

export function ofFediverse({ posts, authors }: FediTruth): Truth {
  return {
    posts: sorted(
      posts.map((post) => ({
        id: post.uri,
        authorId: post.account,
        postedAt: post.createdAt,
        kind: post.kind,
        text: post.text,
        lang: langOf(post.language),
        country: null,
        ownTags: post.tags,
        referencedTags: [],
        edited: post.editedAt !== null,
      })),
    ),
    followers: new Map(authors.map(({ uri, followers }) => [uri, followers])),
  };
}

/** Authors claim any date; what cannot be is the time in the key of the record. */
export function ofSky({ posts, authors }: SkyTruth): Truth {
  return {
    posts: sorted(
      posts.map((post) => ({
        id: post.uri,
        authorId: post.did,
        postedAt: Date.parse(post.createdAt) < OLDEST ? post.writtenAt : new Date(post.createdAt).toISOString(),
        kind: post.kind,
        text: post.text,
        lang: langOf(post.lang),
        country: null,
        ownTags: post.tags,
        referencedTags: [],
        edited: post.edited,
      })),
    ),
    followers: new Map(authors.map(({ did, followers }) => [did, followers])),
  };
}

/** The reports by plain counting, in the form `ApiClient.figures` has. Shares no code with the services on purpose. */
export function figuresOf({ posts, followers }: Truth, tag: string) {
  const perAuthor = countBy(posts, ({ authorId }) => authorId);
  const others = posts.flatMap(({ ownTags, referencedTags }) =>
    [...new Set([...ownTags, ...referencedTags])].filter((one) => one !== fold(tag)),
  );
  const hours = countBy(posts, ({ postedAt }) => String(new Date(postedAt).getUTCHours()));
  return {
    posts: posts.length,
    authors: Object.keys(perAuthor).length,
    kinds: { original: 0, reply: 0, quote: 0, repost: 0, ...countBy(posts, ({ kind }) => kind) },
    top: Object.keys(perAuthor)
      .filter((id) => typeof followers.get(id) === 'number')
      .sort((a, b) => followers.get(b)! - followers.get(a)! || Number(a) - Number(b))
      .slice(0, 20)
      .map((id) => ({ user_id: id, followers: followers.get(id)!, posts: perAuthor[id]! })),
    hours: { UTC: Array.from({ length: 24 }, (_, hour) => hours[hour] ?? 0) },
    languages: countBy(posts, ({ lang }) => lang),
    places: { none: 0, ...countBy(posts, ({ country }) => country ?? 'none') },
    cooccurring: countBy(others, (one) => one),
  };
}

export function fold(tag: string): string {
  return tag.normalize('NFKC').toUpperCase().toLowerCase();
}

function langOf(code: string | null): string {
  const primary = code?.split('-')[0] ?? 'und';
  return primary === 'in' ? 'id' : primary;
}

function sorted(posts: TruePost[]): TruePost[] {
  return posts.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
