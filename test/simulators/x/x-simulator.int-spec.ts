import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { startXSimulator, X_FAULTS, type XFaultName, type XSimulator, type XSimulatorOptions } from '../index.js';

const FIELDS =
  'tweet.fields=created_at,lang,author_id,public_metrics,entities,geo,referenced_tweets,note_tweet&expansions=author_id,geo.place_id,referenced_tweets.id&user.fields=username,public_metrics&place.fields=country_code';

let sut: XSimulator;
afterEach(() => sut.close());

async function start(options: XSimulatorOptions = {}, posts = 200) {
  sut = await startXSimulator({ search: { searchDelayMs: 0, retweetsInSearch: true }, ...options });
  const now = sut.world.now();
  sut.timeline.populate({ posts, from: now - 3_600_000, to: now });
}

function get(path: string, bearer = sut.bearer): Promise<Response> {
  return fetch(sut.url + path, { headers: { authorization: `Bearer ${bearer}` } });
}

const search = (more = '') => get(`/2/tweets/search/recent?query=%23lookout&max_results=50${more}`);
const json = async (answer: Promise<Response>) => (await (await answer).json()) as Record<string, any>;

function post(path: string, body: object): Promise<Response> {
  return fetch(sut.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${sut.bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Reads a stream until it ends, as bytes. */
async function readAll(answer: Response): Promise<{ bytes: Buffer; failed: boolean }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of answer.body!) chunks.push(chunk as Uint8Array);
    return { bytes: Buffer.concat(chunks), failed: false };
  } catch {
    return { bytes: Buffer.concat(chunks), failed: true };
  }
}

const addRule = (value = '#lookout') => post('/2/tweets/search/stream/rules', { add: [{ value, tag: 'mine' }] });
const STREAM = '/2/tweets/search/stream';

describe('the X simulator over HTTP', () => {
  it('should show only the fields that were asked for', async () => {
    await start();
    const bare = await json(search());
    expect(Object.keys(bare).sort()).toEqual(['data', 'meta']);
    expect(Object.keys(bare.data[0]).sort()).toEqual(['edit_history_tweet_ids', 'id', 'text']);
    const full = await json(search(`&${FIELDS}`));
    expect(full.data[0]).toMatchObject({
      author_id: expect.any(String),
      public_metrics: { like_count: expect.any(Number) },
    });
    expect(Object.keys(full.includes).sort()).toEqual(['places', 'tweets', 'users']);
  });

  it('should spell its answer as the request is spelled', async () => {
    await start();
    const { data, includes } = await json(
      search('&post.fields=referenced_posts,note_post,author_id&expansions=referenced_posts.id'),
    );
    expect(data.some((one: object) => 'referenced_posts' in one)).toBe(true);
    expect(data.every((one: object) => 'edit_history_post_ids' in one)).toBe(true);
    expect(includes.posts.length).toBeGreaterThan(0);
    expect(JSON.stringify(data)).not.toContain('_tweet');
  });

  it('should charge for what it has shown, once', async () => {
    await start();
    const { data, includes } = await json(search(`&${FIELDS}`));
    await json(search(`&${FIELDS}`));
    const posts = new Set([...data, ...includes.tweets].map(({ id }: { id: string }) => id)).size;
    const users = includes.users.length;
    expect(sut.bill()).toEqual({ posts, users, requests: 0, microUsd: posts * 5_000 + users * 10_000 });
    expect(await (await fetch(`${sut.url}/simulator/bill`)).json()).toEqual(sut.bill());
  });

  it('should know nobody without the right bearer, and tell them no quota', async () => {
    await start();
    const answer = await get('/2/tweets/search/recent?query=%23lookout', 'wrong');
    expect(answer.status).toBe(401);
    expect(answer.headers.has('x-rate-limit-limit')).toBe(false);
    expect(sut.bill().posts).toBe(0);
  });

  it('should answer an unknown path in HTML', async () => {
    await start();
    const answer = await get('/2/tweets/search/nowhere');
    expect(answer.status).toBe(404);
    expect(await answer.text()).toMatch(/^<!DOCTYPE html>/);
  });

  it('should look posts up and say what is wrong with the others', async () => {
    await start();
    const [a, b, c] = sut.world.posts.filter((one) => sut.world.isVisible(one));
    sut.world.remove(b!.id);
    sut.world.user(c!.authorId).status = 'protected';
    const { data, errors } = await json(get(`/2/tweets?ids=${a!.id},${b!.id},${c!.id},1`));
    expect(data.map(({ id }: { id: string }) => id)).toEqual(a!.authorId === c!.authorId ? [] : [a!.id]);
    expect(errors.map((one: Record<string, string>) => one.type!.split('/').pop())).toEqual([
      'resource-not-found',
      'not-authorized-for-resource',
      'resource-not-found',
    ]);
  });

  it('should count, and tell the usage', async () => {
    await start();
    const counts = await json(get('/2/tweets/counts/recent?query=%23lookout&granularity=day'));
    expect(counts.meta.total_tweet_count).toBeGreaterThanOrEqual(sut.truth('lookout').posts.length);
    expect(sut.bill()).toMatchObject({ requests: 1, microUsd: 5_000 });
    expect((await json(get('/2/usage/tweets'))).data).toMatchObject({ cap_reset_day: 1, project_cap: '3000000' });
  });

  it.each<[XFaultName, number | 'throws' | 'bad', string | null]>([
    ['invalid-request', 400, '100'],
    ['unauthorized', 401, null],
    ['credits', 402, null],
    ['forbidden', 403, '100'],
    ['not-found', 404, null],
    ['no-rules', 409, '100'],
    ['rate-window', 429, '0'],
    ['rate-second', 429, '299'],
    ['usage-cap', 429, '39999'],
    ['too-many-connections', 429, '100'],
    ['bare-429', 429, null],
    ['partial-errors', 200, '449'],
    ['errors-only', 200, '100'],
    ['empty', 200, '100'],
    ['unavailable-html', 503, null],
    ['unavailable-json', 503, '100'],
    ['unavailable-mislabelled', 503, '100'],
    ['reset', 'throws', null],
    ['half', 'bad', '449'],
    ['slow-body', 200, '449'],
    ['latency', 200, '449'],
    ['html', 200, '100'],
    ['malformed', 'bad', '449'],
  ])('should fail with %s when told to, once', async (fault, expected, remaining) => {
    await start();
    sut.fail({ fault, endpoint: 'search', ms: 50 });
    const answer = search(`&${FIELDS}`);
    if (expected === 'throws') await expect(answer).rejects.toThrow();
    else {
      const { status, headers } = await answer;
      expect(status).toBe(expected === 'bad' ? 200 : expected);
      expect(headers.get('x-rate-limit-remaining')).toBe(remaining);
      if (expected === 'bad') {
        const page = (await (await answer).json().catch(() => null)) as Record<string, unknown> | null;
        expect(Array.isArray(page?.['data']) && !JSON.stringify(page).includes('\ufffd')).toBe(false);
      } else await (await answer).text();
    }
    expect(sut.faults.met).toEqual({ [fault]: 1 });
    expect((await search()).status).toBe(200);
  });

  it('should have a test for every fault', () => {
    expect(X_FAULTS.length).toBe(23);
  });

  it('should close the window when its quota is used up', async () => {
    await start({ limits: { search: { limit: 1, windowMs: 60_000 } } });
    expect((await search()).status).toBe(200);
    const refused = await search();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('x-rate-limit-reset')) * 1_000).toBeGreaterThan(Date.now() + 50_000);
  });
});

describe('the filtered stream', () => {
  it('should want a rule first, then stay one connection', async () => {
    await start();
    expect((await get(STREAM)).status).toBe(409);
    await addRule();
    const first = await get(STREAM);
    expect(first.status).toBe(200);
    expect(await json(get(STREAM))).toMatchObject({ connection_issue: 'TooManyConnections' });
    await first.body!.cancel();
    await eventually(async () => expect(sut.stream.open).toBe(0), { timeoutMs: 5_000 });
  });

  it('should keep rules, refuse doubles and forget what is deleted', async () => {
    await start();
    const { data } = await json(addRule());
    expect((await json(addRule())).errors).toMatchObject([{ title: 'DuplicateRule', id: data[0].id }]);
    expect(await json(get(`${STREAM}/rules`))).toMatchObject({ data: [{ value: '#lookout', tag: 'mine' }] });
    await post(`${STREAM}/rules`, { delete: { ids: [data[0].id] } });
    expect(await json(get(`${STREAM}/rules`))).toMatchObject({ meta: { result_count: 0 } });
  });

  it('should send what matches with its rules, keep-alives between, and charge for it', async () => {
    await start({ stream: { keepAliveMs: 20, split: true } });
    await addRule();
    const stream = await get(`${STREAM}?${FIELDS}`);
    const reading = readAll(stream);
    sut.timeline.populate({ posts: 60, from: Date.now(), to: Date.now() + 60, firstSlot: 5_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const billed = sut.bill();
    sut.stream.cut('disconnect');
    sut.timeline.populate({ posts: 30, from: Date.now() + 200, to: Date.now() + 260, firstSlot: 6_000 });
    const { bytes, failed } = await reading;
    expect(failed).toBe(false);
    const lines = bytes.toString('utf8').split('\r\n');
    expect(lines.filter((line) => line === '').length).toBeGreaterThan(2);
    const items = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, any>);
    expect(items.pop()).toMatchObject({ errors: [{ title: 'operational-disconnect' }] });
    expect(items.length).toBeGreaterThan(10);
    expect(items.every((item) => item['matching_rules'][0].tag === 'mine')).toBe(true);
    expect(billed.posts).toBeGreaterThanOrEqual(items.length - 1);
    expect(bytes.toString('utf8')).not.toContain('\ufffd');
  });

  it('should cut itself inside a character', async () => {
    await start();
    await addRule();
    const stream = await get(`${STREAM}?${FIELDS}`);
    sut.stream.cut('character');
    sut.timeline.populate({ posts: 40, from: Date.now(), to: Date.now() + 40, firstSlot: 7_000 });
    const { bytes, failed } = await readAll(stream);
    expect(failed).toBe(true);
    expect(bytes.toString('utf8').endsWith('\ufffd')).toBe(true);
    expect(sut.stream).toMatchObject({ open: 0, cutsMade: 1 });
  });

  it('should repeat and reorder posts, and lose none', async () => {
    await start({ stream: { duplicates: 0.3, disorder: 0.4 } });
    await addRule();
    const stream = await get(`${STREAM}?${FIELDS}`);
    const reading = readAll(stream);
    const before = new Set(sut.truth('lookout').posts.map(({ id }) => id));
    sut.timeline.populate({ posts: 200, from: Date.now(), to: Date.now() + 200, firstSlot: 8_000 });
    const fresh = sut.truth('lookout').posts.filter(({ id }) => !before.has(id));
    await eventually(async () => expect(sut.stream.delivered).toBeGreaterThanOrEqual(fresh.length), {
      timeoutMs: 5_000,
    });
    sut.stream.closeAll();
    const { bytes } = await reading;
    const ids: string[] = bytes
      .toString('utf8')
      .split('\r\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).data.id);
    expect([...new Set(ids)]).toEqual(expect.arrayContaining(fresh.map(({ id }) => id)));
    expect(ids.length).toBeGreaterThan(new Set(ids).size);
    expect(ids).not.toEqual([...ids].sort());
  });
});
