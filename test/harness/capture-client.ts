import { randomUUID } from 'node:crypto';
import type { Capture, Post, Source } from '#libs/contracts';
import { eventually } from '#libs/testing';
import type { TruePost } from './capture-truth.js';
import { fold } from './capture-truth.js';

/** Starts and watches captures as a user with curl would. */
export class CaptureClient {
  constructor(private readonly baseUrl: string) {}

  /** Sends until the gateway says yes; the key makes the repetition harmless. */
  start(ask: object): Promise<Capture> {
    const key = randomUUID();
    return eventually(() => this.send('POST', '/api/v1/captures', ask, { 'idempotency-key': key }), {
      timeoutMs: 60_000,
      everyMs: 200,
    });
  }

  get(id: string): Promise<Capture> {
    return eventually(() => this.send('GET', `/api/v1/captures/${id}`), { timeoutMs: 30_000, everyMs: 100 });
  }

  /** Every stored post of a tag and source, over all pages. */
  async posts(tag: string, source: Source): Promise<TruePost[]> {
    const found: TruePost[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: URLSearchParams = new URLSearchParams({
        tag,
        source,
        limit: '200',
        ...(cursor !== '' && { cursor }),
      });
      const page: { items: Post[]; next_cursor: string | null } = await this.send('GET', `/api/v1/posts?${query}`);
      found.push(...page.items.map(asTrue));
      cursor = page.next_cursor;
    }
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private async send<T = Capture>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const answer = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as T;
  }
}

function asTrue(post: Post): TruePost {
  const withOrigin = (origin: 'own' | 'referenced') =>
    [...new Set(post.tags.filter(({ origins }) => origins.includes(origin)).map(({ tag }) => fold(tag)))].sort();
  return {
    id: post.id,
    authorId: post.author.id,
    postedAt: new Date(post.posted_at).toISOString(),
    kind: post.kind,
    text: post.text,
    lang: post.lang,
    country: post.country,
    ownTags: withOrigin('own'),
    referencedTags: withOrigin('referenced'),
    edited: post.edited,
  };
}
