import type { SamplePage, SamplePost, SampleUser } from './archive-factory.js';

/** Answers the reports by plain counting over the file. Shares no code with the services on purpose. */
export interface Recount {
  posts: SamplePost[];
  authors: string[];
  kinds: Record<'original' | 'reply' | 'quote' | 'repost', number>;
  top(limit: number): { user_id: string; followers: number; posts: number }[];
  hours(tz: string): number[];
  languages(): Record<string, number>;
  places(): Record<string, number>;
  cooccurring(tag: string): Record<string, number>;
}

const KINDS = { retweeted: 'repost', quoted: 'quote', replied_to: 'reply' } as const;

function kindOf(post: SamplePost) {
  const reference = post.referenced_tweets?.[0];
  return reference ? KINDS[reference.type] : 'original';
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}

/** Recounts all posts of the pages; a post that comes twice counts once, a later copy of a user replaces an earlier one. */
export function recount(pages: readonly SamplePage[]): Recount {
  const users = new Map<string, SampleUser>();
  const posts = new Map<string, SamplePost>();
  const places = new Map<string, string>();
  for (const page of pages) {
    for (const user of page.includes.users) users.set(user.id, user);
    for (const place of page.includes.places) places.set(place.id, place.country_code);
    for (const post of page.data) posts.set(post.id, post);
  }
  const all = [...posts.values()];
  const perAuthor = countBy(all, (post) => post.author_id);
  const authors = Object.keys(perAuthor);
  const followersOf = (id: string) => users.get(id)!.public_metrics.followers_count;
  return {
    posts: all,
    authors,
    kinds: { original: 0, reply: 0, quote: 0, repost: 0, ...countBy(all, kindOf) },
    top: (limit) =>
      authors
        .sort((a, b) => followersOf(b) - followersOf(a) || Number(a) - Number(b))
        .slice(0, limit)
        .map((id) => ({ user_id: id, followers: followersOf(id), posts: perAuthor[id]! })),
    hours: (tz) => {
      const format = new Intl.DateTimeFormat('en', { timeZone: tz, hour: 'numeric', hourCycle: 'h23' });
      const counts = countBy(all, (post) => String(Number(format.format(new Date(post.created_at)))));
      return Array.from({ length: 24 }, (_, hour) => counts[hour] ?? 0);
    },
    languages: () => countBy(all, (post) => (post.lang === 'in' ? 'id' : post.lang)),
    places: () => ({ none: 0, ...countBy(all, (post) => places.get(post.geo?.place_id ?? '') ?? 'none') }),
    cooccurring: (tag) => {
      const folded = (text: string) => text.toUpperCase().toLowerCase();
      const pairs = all.flatMap((post) => [...new Set(post.entities.hashtags.map((one) => folded(one.tag)))]);
      return countBy(
        pairs.filter((one) => one !== folded(tag)),
        (one) => one,
      );
    },
  };
}
