import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '#libs/contracts';
import { samplePages, seeded, toJsonl, type SamplePage } from '../harness/archive-factory.js';
import { ApiClient, expectedFigures } from '../harness/client.js';
import { recount } from '../harness/recount.js';
import { startStack, type Stack } from '../harness/stack.js';

const ZONES = ['UTC', 'America/Sao_Paulo', 'Asia/Kolkata', 'Asia/Kathmandu'];
const TAG = 'SunriseWatch';

function shuffled(pages: readonly SamplePage[]): SamplePage[] {
  const random = seeded(7);
  return pages.map((page) => ({ page, at: random() })).sort((a, b) => a.at - b.at).map(({ page }) => page); // prettier-ignore
}

describe('an archive from upload to report', () => {
  let stack: Stack;
  let api: ApiClient;
  const pages = samplePages({
    seed: 1,
    posts: 1_500,
    authors: 200,
    perPage: 60,
    tag: TAG,
    // A fortnight with the end of daylight saving time in several zones.
    from: '2018-10-30T03:17:00Z',
    days: 14,
  });
  const expected = expectedFigures(recount(pages), TAG, ZONES);

  beforeAll(async () => {
    stack = await startStack();
    api = new ApiClient(stack.baseUrl);
  });

  afterAll(() => stack?.close());

  async function upload(body: string | Buffer, type: string, tag: string = TAG): Promise<Archive> {
    const answer = await fetch(`${stack.baseUrl}/api/v1/archives?tag=${tag}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(answer.status).toBe(202);
    const { id, status_url } = (await answer.json()) as { id: string; status_url: string };
    expect(status_url).toContain(id);
    return api.untilDone(id);
  }

  it('should answer every report as a plain recount of the file does', async () => {
    const archive = await upload(toJsonl(pages), 'application/x-ndjson');
    expect(archive.posts).toEqual({ read: 1_500, new: 1_500, duplicate: 0, invalid: 0 });
    expect(await api.figures(TAG, ZONES)).toEqual(expected);
  });

  it('should not change a figure when the file comes again, shuffled, compressed or as one document', async () => {
    const before = await allReports();
    for (const [body, type] of [
      [toJsonl(pages), 'application/x-ndjson'],
      [gzipSync(toJsonl(shuffled(pages))), 'application/gzip'],
      [JSON.stringify(pages, null, 1), 'application/json'],
    ] as const) {
      const archive = await upload(body, type);
      expect(archive.posts).toEqual({ read: 1_500, new: 0, duplicate: 1_500, invalid: 0 });
    }
    expect(await allReports()).toEqual(before);
  });

  it('should import the good lines of a file with bad ones, and name the bad ones', async () => {
    const good = samplePages({ seed: 2, idPrefix: '2', posts: 20, authors: 5, perPage: 10, tag: 'mixed', from: '2020-01-01T00:00:00Z', days: 1 }); // prettier-ignore
    const lines = [JSON.stringify(good[0]), '{"broken', '', JSON.stringify({ errors: [{ title: 'Gone away' }] }), JSON.stringify(good[1])]; // prettier-ignore
    const archive = await upload(lines.join('\n'), 'application/x-ndjson', 'mixed');
    expect(archive.posts).toEqual({ read: 20, new: 20, duplicate: 0, invalid: 2 });
    expect(archive.errors.map((error) => error.line)).toEqual([2, 4]);
    expect(archive.errors[1]!.reason).toContain('Gone away');
    expect((await api.report('summary', 'tag=mixed')).posts).toBe(20);
  });

  it('should count an edited post once and forget a deleted one', async () => {
    const [page] = samplePages({ seed: 3, idPrefix: '3', posts: 3, authors: 2, perPage: 3, tag: 'edits', from: '2022-05-01T00:00:00Z', days: 1 }); // prettier-ignore
    const [first, second, third] = page!.data;
    await upload(toJsonl([page!]), 'application/x-ndjson', 'edits');
    const edit = {
      ...page!,
      data: [{ ...first!, id: '99000001', lang: 'fr', edit_history_tweet_ids: [first!.id, '99000001'] }],
    };
    const deletion = { delete: { status: { id_str: second!.id, user_id_str: second!.author_id } } };
    await upload(toJsonl([edit, deletion]), 'application/x-ndjson', 'edits');
    // A late copy of what is gone must not bring it back.
    await upload(toJsonl([page!]), 'application/x-ndjson', 'edits');
    const { languages } = await api.report('posts-by-language', 'tag=edits');
    expect((await api.report('summary', 'tag=edits')).posts).toBe(2);
    expect(languages.find((row) => row.lang === 'fr')?.posts).toBe(1);
    const { items } = await api.get<{ items: { id: string }[] }>('/api/v1/posts?tag=edits');
    expect(items.map((post) => post.id).sort()).toEqual(['99000001', third!.id].sort());
  });

  it('should page through the posts of a tag, newest first, each once', async () => {
    const seen: { id: string; posted_at: string }[] = [];
    let cursor = '';
    do {
      const page = await api.get<{ items: typeof seen; next_cursor: string | null }>(`/api/v1/posts?tag=${TAG}&limit=97${cursor}`); // prettier-ignore
      seen.push(...page.items);
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    expect(new Set(seen.map((post) => post.id)).size).toBe(1_500);
    expect(seen.map((post) => post.posted_at)).toEqual(
      seen
        .map((post) => post.posted_at)
        .sort()
        .reverse(),
    );
  });

  async function allReports() {
    const reports: unknown[] = [];
    for (const path of [
      'summary',
      'top-users?limit=100',
      'posts-by-language',
      'posts-by-country',
      'cooccurring-tags',
      'posts-over-time?interval=hour',
      ...ZONES.map((tz) => `posts-by-hour?tz=${tz}`),
    ]) {
      // prettier-ignore
      reports.push(await api.get(`/api/v1/analytics/${path}${path.includes('?') ? '&' : '?'}tag=${TAG}`));
    }
    return reports;
  }
});
