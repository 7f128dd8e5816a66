import { randomUUID } from 'node:crypto';
import { eventually } from '#libs/testing';
import type { Archive } from '#libs/contracts';
import type { SamplePage } from './archive-factory.js';
import { toJsonl } from './archive-factory.js';
import type { Recount } from './recount.js';

export interface Accepted {
  id: string;
  /** From the `traceresponse` header. */
  traceId: string;
}

interface Reports {
  summary: {
    posts: number;
    authors: number;
    kinds: Record<string, number>;
    first_post_at: string;
    last_post_at: string;
  };
  'top-users': { users: { user_id: string; followers: number; posts: number }[] };
  'posts-by-hour': { hours: { posts: number }[] };
  'posts-by-language': { languages: { lang: string; posts: number }[] };
  'posts-by-country': { place: { country: string; posts: number }[] };
  'cooccurring-tags': { tags: { tag: string; posts: number }[] };
}

/** Talks to a gateway as a user with curl would, and repeats what was not acknowledged. */
export class ApiClient {
  constructor(private readonly baseUrl: string) {}

  /** Repeats while the gateway says "try again": 503 and 504. */
  async get<T>(path: string, timeoutMs: number = 30_000): Promise<T> {
    const giveUpAt = Date.now() + timeoutMs;
    for (;;) {
      const answer = await fetch(`${this.baseUrl}${path}`);
      const body = await answer.text();
      if (answer.ok) return JSON.parse(body) as T;
      const retry = (answer.status === 503 || answer.status === 504) && Date.now() < giveUpAt;
      if (!retry) throw new Error(`GET ${path}: ${answer.status} ${body}`);
    }
  }

  report<R extends keyof Reports>(report: R, query: string): Promise<Reports[R]> {
    return this.get(`/api/v1/analytics/${report}?${query}`);
  }

  /** Sends until the gateway says 202; the key makes the repetition harmless. */
  async importUntilAccepted(pages: readonly SamplePage[], tag: string, timeoutMs: number = 60_000): Promise<Accepted> {
    const body = toJsonl(pages);
    const key = randomUUID();
    return eventually(
      async () => {
        const answer = await fetch(`${this.baseUrl}/api/v1/archives?tag=${encodeURIComponent(tag)}`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': key },
          body,
          signal: AbortSignal.timeout(20_000),
        });
        const text = await answer.text();
        if (answer.status !== 202) throw new Error(`${answer.status} ${text}`);
        const traceId = answer.headers.get('traceresponse')?.split('-')[1] ?? '';
        return { id: (JSON.parse(text) as { id: string }).id, traceId };
      },
      { timeoutMs, everyMs: 100 },
    );
  }

  async untilDone(id: string, timeoutMs: number = 60_000, everyMs: number = 50): Promise<Archive> {
    return eventually(
      async () => {
        const archive = await this.get<Archive>(`/api/v1/archives/${id}`);
        if (archive.status !== 'done') throw new Error(`import is ${JSON.stringify(archive)}`);
        return archive;
      },
      { timeoutMs, everyMs },
    );
  }

  /** Everything the reports say of a tag, in the form {@link expectedFigures} has. */
  async figures(tag: string, zones: readonly string[] = ['UTC']) {
    const query = `tag=${encodeURIComponent(tag)}`;
    const summary = await this.report('summary', query);
    const hours: Record<string, number[]> = {};
    for (const tz of zones) {
      hours[tz] = (await this.report('posts-by-hour', `${query}&tz=${tz}`)).hours.map((row) => row.posts);
    }
    const { users } = await this.report('top-users', `${query}&limit=20`);
    const { languages } = await this.report('posts-by-language', query);
    const { place } = await this.report('posts-by-country', query);
    const { tags } = await this.report('cooccurring-tags', `${query}&limit=200`);
    return {
      posts: summary.posts,
      authors: summary.authors,
      kinds: summary.kinds,
      top: users.map(({ user_id, followers, posts }) => ({ user_id, followers, posts })),
      hours,
      languages: Object.fromEntries(languages.map(({ lang, posts }) => [lang, posts])),
      places: Object.fromEntries(place.map(({ country, posts }) => [country, posts])),
      cooccurring: Object.fromEntries(tags.map(({ tag: other, posts }) => [other, posts])),
    };
  }
}

export function expectedFigures(counted: Recount, tag: string, zones: readonly string[] = ['UTC']) {
  return {
    posts: counted.posts.length,
    authors: counted.authors.length,
    kinds: counted.kinds,
    top: counted.top(20),
    hours: Object.fromEntries(zones.map((tz) => [tz, counted.hours(tz)])),
    languages: counted.languages(),
    places: counted.places(),
    cooccurring: counted.cooccurring(tag),
  };
}
