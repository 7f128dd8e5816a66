import type { z } from 'zod';
import type {
  AuthorState,
  Interval,
  PostState,
  ReportFilter,
  postsByCountryReport,
  postsByLanguageReport,
  summaryReport,
  topUsersReport,
} from '#libs/contracts';
import { intervalLabel, wallClock } from './local-time.js';

function numeric(id: string): boolean {
  return /^[0-9]+$/.test(id);
}

function compareIds(a: string, b: string): number {
  if (numeric(a) !== numeric(b)) return numeric(a) ? -1 : 1;
  if (numeric(a)) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function countBy<T, K>(values: readonly T[], key: (value: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1);
  return counts;
}

function byCountThenName<T extends string>(counts: Map<T, number>): [T, number][] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Keeps whole states and recounts everything for each question: slow, short and plainly right. */
export class NaiveReports {
  private readonly posts = new Map<number, PostState>();
  private readonly authors = new Map<number, AuthorState>();

  learn(posts: PostState[], authors: AuthorState[]): void {
    for (const post of posts) if (post.rev > (this.posts.get(post.id)?.rev ?? -1)) this.posts.set(post.id, post);
    for (const author of authors) {
      if (author.rev > (this.authors.get(author.id)?.rev ?? -1)) this.authors.set(author.id, author);
    }
  }

  matching({ tag, from, to, source, kind }: ReportFilter): PostState[] {
    return [...this.posts.values()].filter(
      (post) =>
        post.tags.some(({ key }) => key === tag) &&
        (from === undefined || post.posted_at >= Date.parse(from)) &&
        (to === undefined || post.posted_at < Date.parse(to)) &&
        (source === undefined || post.source === source) &&
        (kind === undefined || post.kind === kind),
    );
  }

  summary(filter: ReportFilter): z.infer<typeof summaryReport.output> {
    const posts = this.matching(filter);
    const times = posts.map(({ posted_at: at }) => at).sort((a, b) => a - b);
    const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
    const kinds = countBy(posts, ({ kind }) => kind);
    return {
      tag: filter.tag,
      posts: posts.length,
      authors: new Set(posts.map((post) => post.author_id)).size,
      first_post_at: iso(times[0]),
      last_post_at: iso(times.at(-1)),
      kinds: {
        original: kinds.get('original') ?? 0,
        reply: kinds.get('reply') ?? 0,
        quote: kinds.get('quote') ?? 0,
        repost: kinds.get('repost') ?? 0,
      },
    };
  }

  topUsers(filter: ReportFilter, limit: number): z.infer<typeof topUsersReport.output> {
    const counts = countBy(this.matching(filter), (post) => post.author_id);
    const ranked = [...counts.keys()].map((id) => this.authors.get(id)!);
    ranked.sort((a, b) => (b.followers ?? -1) - (a.followers ?? -1) || compareIds(a.ext_id, b.ext_id));
    const users = ranked.slice(0, limit).map((author, i) => ({
      rank: i + 1,
      source: author.source,
      user_id: author.ext_id,
      username: author.username,
      name: author.name,
      followers: author.followers,
      posts: counts.get(author.id)!,
      followers_seen_at: author.followers_seen_at === null ? null : new Date(author.followers_seen_at).toISOString(),
    }));
    return { tag: filter.tag, users };
  }

  hours(filter: ReportFilter, tz: string): number[] {
    const counts = countBy(this.matching(filter), (post) => wallClock(tz, post.posted_at).hour);
    return Array.from({ length: 24 }, (_, hour) => counts.get(hour) ?? 0);
  }

  languages(filter: ReportFilter): z.infer<typeof postsByLanguageReport.output>['languages'] {
    const counts = countBy(this.matching(filter), ({ lang }) => lang || 'und');
    return byCountThenName(counts).map(([lang, posts]) => ({ lang, posts }));
  }

  countries(filter: ReportFilter): Omit<z.infer<typeof postsByCountryReport.output>, 'tag'> {
    const posts = this.matching(filter);
    const authorIds = [...new Set(posts.map((post) => post.author_id))];
    const ranked = (counts: Map<string, number>): [string, number][] => {
      const none = counts.get('none') ?? 0;
      counts.delete('none');
      return [...byCountThenName(counts), ['none', none]];
    };
    return {
      place: ranked(countBy(posts, ({ country }) => country ?? 'none')).map(([country, n]) => ({ country, posts: n })),
      profile: ranked(countBy(authorIds, (id) => this.authors.get(id)!.country ?? 'none')).map(([country, n]) => ({
        country,
        authors: n,
      })),
    };
  }

  /** Posts by the name of their interval; empty intervals are not in it. */
  intervals(filter: ReportFilter, interval: Interval, tz: string): Map<string, number> {
    return countBy(this.matching(filter), (post) => intervalLabel(interval, tz, post.posted_at));
  }

  coTags(filter: ReportFilter, limit: number): { tag: string; posts: number }[] {
    const used = this.matching(filter).flatMap(({ tags }) =>
      tags
        .filter(({ key, origins }) => key !== filter.tag && (origins.includes('own') || origins.includes('referenced')))
        .map(({ key }) => key),
    );
    const ranked = [...countBy(used, (key) => key)].sort(
      ([a, m], [b, n]) => n - m || Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    return ranked.slice(0, limit).map(([tag, posts]) => ({ tag, posts }));
  }

  network(filter: ReportFilter, limit: number) {
    const tags = [filter.tag, ...this.coTags(filter, limit).map(({ tag }) => tag)];
    const nodes = tags
      .map((tag) => ({ tag, posts: this.matching({ ...filter, tag }).length }))
      .filter(({ posts }) => posts > 0);
    const edges: Record<string, number> = {};
    for (const { tag } of nodes) {
      for (const { tag: other, posts } of this.coTags({ ...filter, tag }, Infinity)) {
        if (!nodes.some((node) => node.tag === other)) continue;
        const pair = [tag, other].sort().join(' ');
        edges[pair] = Math.max(edges[pair] ?? 0, posts);
      }
    }
    return { nodes, edges };
  }
}
