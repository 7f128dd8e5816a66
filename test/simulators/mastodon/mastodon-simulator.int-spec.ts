import { afterEach, describe, expect, it } from 'vitest';
import { MASTODON_FAULTS, startMastodonSimulator, type MastodonSimulator } from '../index.js';

interface Status {
  id: string;
  uri: string;
  edited_at: string | null;
  account: { acct: string };
}

let sut: MastodonSimulator;
afterEach(() => sut.close());

const NOW = Date.parse('2026-03-10T12:00:00Z');

async function start(posts = 300) {
  sut = await startMastodonSimulator({ seed: 3, now: () => NOW, tags: ['lookout'] });
  sut.world.populate({ posts, from: NOW - 3_600_000, to: NOW });
}

function get(instance: number, query = ''): Promise<Response> {
  return fetch(`${sut.urls[instance]}/api/v1/timelines/tag/lookout?limit=40${query}`);
}

async function page(instance: number, query = ''): Promise<Status[]> {
  return (await (await get(instance, query)).json()) as Status[];
}

async function backwards(instance: number): Promise<Status[]> {
  const all: Status[] = [];
  for (let more = await page(instance); more.length > 0; more = await page(instance, `&max_id=${all.at(-1)!.id}`)) {
    all.push(...more);
  }
  return all;
}

describe('the Mastodon simulator', () => {
  it('should page backwards over everything the instance has, by the link it gives', async () => {
    await start();
    const all = await backwards(1);
    expect(all.map(({ uri }) => uri).sort()).toEqual(
      sut
        .truth('lookout', [1])
        .posts.map(({ uri }) => uri)
        .sort(),
    );
    const first = await get(1);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link')!)![1]!;
    expect(await (await fetch(next)).json()).toEqual(await page(1, `&max_id=${all[39]!.id}`));
  });

  it('should page forwards from min_id and give the newest after since_id', async () => {
    await start();
    const all = await backwards(0);
    const from = all[100]!.id;
    expect((await page(0, `&min_id=${from}`)).map(({ id }) => id)).toEqual(all.slice(60, 100).map(({ id }) => id));
    expect((await page(0, `&since_id=${from}`)).map(({ id }) => id)).toEqual(all.slice(0, 40).map(({ id }) => id));
  });

  it('should share statuses between instances by uri, under other ids, and not all of them', async () => {
    await start();
    const [a, b] = [await backwards(0), await backwards(1)];
    const ids = new Map(a.map(({ uri, id }) => [uri, id]));
    const shared = b.filter(({ uri }) => ids.has(uri));
    expect(shared.length).toBeGreaterThan(50);
    expect(shared.length).toBeLessThan(b.length);
    expect(shared.some(({ uri, id }) => ids.get(uri) !== id)).toBe(true);
    expect(sut.truth('lookout').posts.length).toBeGreaterThan(Math.max(a.length, b.length));
  });

  it('should show edits in place and hide what was deleted', async () => {
    await start(50);
    const [first, second] = await page(0);
    sut.world.edit(first!.uri, 'other words');
    sut.world.remove(second!.uri);
    const after = await page(0);
    expect(after[0]).toMatchObject({ id: first!.id, edited_at: expect.any(String), content: expect.stringContaining('other words') }); // prettier-ignore
    expect(after.map(({ uri }) => uri)).not.toContain(second!.uri);
    expect((await fetch(`${sut.urls[0]}/api/v1/statuses/${second!.id}`)).status).toBe(404);
  });

  it('should tell its quota and keep to it', async () => {
    await start(1);
    sut.instances[0]!.quota = { limit: 2, windowMs: 60_000 };
    expect((await get(0)).headers.get('x-ratelimit-remaining')).toBe('1');
    await get(0);
    const refused = await get(0);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('x-ratelimit-reset')).toBe(new Date(NOW + 60_000).toISOString());
    expect((await get(1)).status).toBe(200);
  });

  it.each(MASTODON_FAULTS)('should fail with %s once', async (fault) => {
    await start(60);
    const right = await (await get(0)).text();
    sut.fail({ fault, instance: 0, ms: 20 });
    const wrong = await fetch(`${sut.urls[0]}/api/v1/timelines/tag/lookout?limit=40`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(300),
    })
      .then(async (answer) => `${answer.status} ${await answer.text()}`)
      .catch(() => 'broken');
    if (fault === 'slow-body') expect(wrong).toBe(`200 ${right}`);
    else expect(wrong).not.toBe(`200 ${right}`);
    expect(sut.faultsMet).toEqual({ [fault]: 1 });
    expect(await (await get(0)).text()).toBe(right);
  });
});
