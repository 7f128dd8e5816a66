import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { metricsRegistry } from '#libs/observability';
import { UpstreamError } from '../src/captures/upstream.errors.js';
import { incomingPostSchema } from './factories/post.schema.js';
import { json, rateHeaders, raw, startScriptedX, TOKEN, xApiOf, type Reply, type ScriptedX } from './factories/scripted-x.factory.js'; // prettier-ignore
import { snowflake, v2Page, v2Post, v2User, type Json } from './factories/x-v2.factory.js';

const NEVER = new AbortController().signal;
const SEARCH = { query: '#wörld -is:retweet', maxResults: 100 };

let x: ScriptedX;
afterEach(() => x.close());

/** mulberry32: the same numbers on every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function counted(): Promise<number> {
  const metric = await metricsRegistry.getSingleMetric('upstream_requests_total')?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

async function thrownBy(work: Promise<unknown>): Promise<UpstreamError> {
  const error = await work.then(() => null, (thrown: unknown) => thrown); // prettier-ignore
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}

describe('XApi', () => {
  it('should send what it was asked in the spelling that is set', async () => {
    x = await startScriptedX(json({ meta: { result_count: 0 } }));
    const startTime = new Date('2026-11-21T10:00:00.789Z');
    await xApiOf(x).search({ ...SEARCH, sinceId: '5', untilId: '9', startTime, nextToken: 'n' }, NEVER);
    await xApiOf(x, { spelling: 'post' }).search({ ...SEARCH, archive: true }, NEVER);
    const [old, renamed] = x.requests.map(({ url }) => url);
    expect(old?.pathname).toBe('/2/tweets/search/recent');
    expect(Object.fromEntries(old?.searchParams ?? [])).toMatchObject({
      query: SEARCH.query, max_results: '100', since_id: '5', until_id: '9', next_token: 'n',
      start_time: '2026-11-21T10:00:00Z', expansions: 'author_id,geo.place_id,referenced_tweets.id',
    }); // prettier-ignore
    expect(old?.searchParams.get('tweet.fields')).toContain('referenced_tweets,edit_history_tweet_ids,note_tweet');
    expect(renamed?.pathname).toBe('/2/tweets/search/all');
    expect(renamed?.searchParams.get('post.fields')).toContain('referenced_posts,edit_history_post_ids,note_post');
    expect(x.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(x.requests[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  it('should mark everything a simulator says', async () => {
    const body = v2Page([v2Post()], { users: [v2User()] }, { meta: { result_count: 1 } });
    x = await startScriptedX(json(body), json({ data: [v2Post()] }), raw(`${JSON.stringify({ data: v2Post() })}\n`));
    const sut = xApiOf(x, { simulated: true, token: null });
    expect(sut.storedAs).toBe('x-simulator');
    const marked = { source: 'x-simulator', url: null, author: { source: 'x-simulator' } };
    expect((await sut.search(SEARCH, NEVER)).mapped.posts).toMatchObject([marked]);
    expect((await sut.lookup(['1'], NEVER)).mapped.posts).toMatchObject([marked]);
    for await (const item of await sut.stream(NEVER)) expect(item).toMatchObject({ mapped: { posts: [marked] } });
    expect(x.requests.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer simulated'));
  });

  it('should ask nothing without a token', async () => {
    x = await startScriptedX(json({}));
    const error = await thrownBy(xApiOf(x, { token: null }).search(SEARCH, NEVER));
    expect(error).toMatchObject({ reason: 'auth', reaction: 'halt-source' });
    expect(x.requests).toEqual([]);
  });

  it('should change rules in two requests and tell duplicates', async () => {
    const meta = { sent: 'now', summary: { created: 1 } };
    x = await startScriptedX(
      json({ meta: { summary: { deleted: 1 } } }),
      json({ data: [{ id: '1', value: '#a', tag: 'p1' }], meta, errors: [{ value: '#b', id: '8', title: 'DuplicateRule', type: 'https://api.x.com/2/problems/duplicate-rules' }] }, 201),
    ); // prettier-ignore
    const change = { delete: ['7'], add: [{ value: '#a', tag: 'p1' }, { value: '#b', tag: 'p2' }] }; // prettier-ignore
    const sut = await xApiOf(x).changeRules(change, NEVER);
    expect(sut).toMatchObject({ deleted: 1, added: [{ id: '1' }], errors: [{ type: 'duplicate-rules', id: '#b' }] });
    expect(x.requests.map(({ method, body }) => [method, JSON.parse(body) as unknown])).toEqual([
      ['POST', { delete: { ids: ['7'] } }],
      ['POST', { add: change.add }],
    ]);
  });

  it('should list rules over pages', async () => {
    const rule = (id: string) => ({ id, value: `#${id}`, tag: id });
    x = await startScriptedX(json({ data: [rule('1')], meta: { next_token: 'n' } }), json({ data: [rule('2')], meta: {} })); // prettier-ignore
    expect((await xApiOf(x).rules(NEVER)).map(({ id }) => id)).toEqual(['1', '2']);
    x.replies.splice(0, 2, json({ meta: { sent: 'now' } }));
    expect(await xApiOf(x).rules(NEVER)).toEqual([]);
  });

  it('should refuse an answer that is too long while it comes', async () => {
    let sent = 0;
    const endless: Reply = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 0x20))) sent += 64;
      };
      response.on('drain', more);
      more();
    };
    x = await startScriptedX(endless);
    const error = await thrownBy(xApiOf(x, {}, { responseBytes: 256 * 1024 }).search(SEARCH, NEVER));
    expect(error).toMatchObject({ reason: 'malformed-answer', reaction: 'retry' });
    expect(sent).toBeLessThan(20 * 1024);
  });

  it('should not follow a redirect', async () => {
    x = await startScriptedX(raw('', 302, { location: 'http://169.254.169.254/latest/meta-data' }));
    expect(await thrownBy(xApiOf(x).search(SEARCH, NEVER))).toMatchObject({ reason: 'refused-address' });
    expect(x.requests.length).toBe(1);
  });

  it('should end a request and a stream when told to stop', async () => {
    const stop = new AbortController();
    x = await startScriptedX(() => {}, (_request, response) => void response.writeHead(200).write('\r\n')); // prettier-ignore
    const asking = thrownBy(xApiOf(x).search(SEARCH, stop.signal));
    await expect.poll(() => x.requests.length).toBe(1);
    stop.abort();
    expect(await asking).toMatchObject({ reason: 'network' });

    const later = new AbortController();
    for await (const item of await xApiOf(x).stream(later.signal)) {
      expect(item.type).toBe('keep-alive');
      later.abort();
    }
  });

  it('should take a stream that falls silent for dead', async () => {
    x = await startScriptedX((_request, response) => void response.writeHead(200).write('\r\n'));
    const read = async () => {
      for await (const item of await xApiOf(x, {}, { silenceMs: 60 }).stream(NEVER))
        expect(item.type).toBe('keep-alive');
    };
    expect(await thrownBy(read())).toMatchObject({ reason: 'network', reaction: 'retry' });
  });

  it('should read on after a record that is no use, and end at a disconnect', async () => {
    const disconnect = { errors: [{ title: 'operational-disconnect', detail: 'bye', type: 'https://api.twitter.com/2/problems/operational-disconnect' }] }; // prettier-ignore
    const lines = ['{"data":', '', JSON.stringify({ data: v2Post() }), JSON.stringify(disconnect), JSON.stringify({ data: v2Post() })]; // prettier-ignore
    x = await startScriptedX(raw(`${lines.join('\r\n')}\r\n`));
    const before = await counted();
    const types: string[] = [];
    const read = async () => {
      for await (const item of await xApiOf(x).stream(NEVER)) types.push(item.type);
    };
    expect(await thrownBy(read())).toMatchObject({ reason: 'upstream-unavailable' });
    expect(types).toEqual(['malformed', 'keep-alive', 'record']);
    expect((await counted()) - before).toBe(3);
  });

  it('should never show the token, whatever X repeats', async () => {
    const echo = {
      errors: [{ message: `bad token ${TOKEN}`, detail: TOKEN }],
      title: TOKEN,
      detail: `Bearer ${TOKEN}`,
    };
    const replies = [400, 401, 402, 403, 404, 409, 429, 500, 503].map((status) => json(echo, status));
    x = await startScriptedX(...replies, (request) => request.socket.resetAndDestroy());
    for (let i = 0; i <= replies.length; i++) {
      const sut = xApiOf(x);
      const error = await thrownBy(i % 2 === 0 ? sut.search(SEARCH, NEVER) : sut.stream(NEVER));
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(TOKEN);
      expect(inspect(sut, { depth: 20, showHidden: true })).not.toContain(TOKEN);
      expect(JSON.stringify(error)).not.toContain(TOKEN);
    }
  });

  it('should count every answer by why it was no use', async () => {
    x = await startScriptedX(raw('<html>', 503), json({ meta: { result_count: 0 } }, 200, rateHeaders(449)));
    await thrownBy(xApiOf(x).search(SEARCH, NEVER));
    await xApiOf(x).search(SEARCH, NEVER);
    const text = await metricsRegistry.metrics();
    expect(text).toMatch(
      /upstream_requests_total\{source="x",status_class="5xx",reason="upstream-unavailable"\} [1-9]/,
    );
    expect(text).toMatch(/upstream_requests_total\{source="x",status_class="2xx",reason="ok"\} [1-9]/);
    expect(text).toMatch(/upstream_rate_remaining\{source="x",endpoint="tweets\/search\/recent"\} 449/);
  });

  describe('1 000 malformed answers', () => {
    const random = seeded(20_261_121);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
    const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();
    const valid = v2Page(
      [5, 4, 3].map((second) => v2Post({ id: snowflake(at(second)), created_at: at(second), geo: { place_id: 'p' }, referenced_tweets: [{ type: 'quoted', id: snowflake(at(1)) }], edit_history_tweet_ids: [snowflake(at(second))] })),
      { users: [v2User()], tweets: [v2Post({ id: snowflake(at(1)) })], places: [{ id: 'p', country_code: 'AT', country: 'Austria' }] },
      { meta: { result_count: 3, newest_id: snowflake(at(5)), oldest_id: snowflake(at(3)), next_token: 'more' } },
    ); // prettier-ignore
    const NASTY: readonly unknown[] = [
      null, '', 0, -1, 1e300, true, [], {}, [null], [[]], { id: null }, '\ud800', '\u0000', 'x'.repeat(5_000),
      '__proto__', '9'.repeat(25), '-5', '9999-12-31T23:59:59Z', 'javascript:alert(1)', Number.MAX_SAFE_INTEGER + 2,
    ]; // prettier-ignore

    function mangled(): Buffer {
      const copy = structuredClone(valid);
      let at: Json | unknown[] = copy;
      for (let depth = 0; depth < 6; depth++) {
        const key = pick(Object.keys(at)) as keyof typeof at;
        const value: unknown = at[key];
        if (typeof value !== 'object' || value === null || Object.keys(value).length === 0 || random() < 0.2) {
          if (random() < 0.3) delete at[key];
          else at[key] = pick(NASTY) as never;
          break;
        }
        at = value as Json;
      }
      const bytes = Buffer.from(JSON.stringify(copy));
      if (random() < 0.6) return bytes;
      if (random() < 0.5) return bytes.subarray(0, Math.floor(random() * bytes.length));
      for (let i = 0; i < 3; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      return bytes;
    }

    it('should neither crash, nor give a broken post, nor go uncounted', async () => {
      const bodies = Array.from({ length: 1_000 }, mangled);
      const status = bodies.map(() =>
        random() < 0.8 ? 200 : pick([201, 204, 301, 400, 401, 404, 409, 429, 500, 503]),
      );
      x = await startScriptedX(...bodies.map((body, i) => raw(body, status[i], pick([{}, { 'content-type': 'application/json' }, rateHeaders(3)])))); // prettier-ignore
      const crashes: unknown[] = [];
      const note = (error: unknown) => crashes.push(error);
      process.on('uncaughtExceptionMonitor', note).on('unhandledRejection', note);
      const [before, sut] = [await counted(), xApiOf(x)];
      let [pages, errors] = [0, 0];
      for (let i = 0; i < bodies.length; i++) {
        const asked = i % 4 === 0 ? sut.lookup([snowflake(at(5))], NEVER) : sut.search(SEARCH, NEVER);
        const found = await asked.catch((error: unknown) => error);
        if (found instanceof UpstreamError) {
          errors++;
          continue;
        }
        pages++;
        const { mapped } = found as Awaited<ReturnType<typeof sut.search>>;
        for (const post of mapped.posts)
          expect(incomingPostSchema.safeParse(post).error, bodies[i]?.toString()).toBeUndefined();
      }
      process.off('uncaughtExceptionMonitor', note).off('unhandledRejection', note);
      expect(crashes).toEqual([]);
      expect(pages + errors).toBe(1_000);
      expect(Math.min(pages, errors)).toBeGreaterThan(100);
      expect((await counted()) - before).toBe(1_000);
    });

    it('should read on through malformed lines of a stream, and count them', async () => {
      const good = JSON.stringify({ data: v2Post(), matching_rules: [{ tag: 'p' }] });
      const lines = Array.from({ length: 1_000 }, () => {
        const page = mangled().toString('latin1').replaceAll('\n', ' ').replace('"data":[', '"data":').replace('],"includes"', ',"includes"'); // prettier-ignore
        return Buffer.from(random() < 0.5 ? page : page.slice(0, Math.floor(random() * page.length)), 'latin1');
      });
      const bytes = Buffer.concat([...lines.flatMap((line) => [line, Buffer.from(`\n${good}\n`)])]);
      x = await startScriptedX((_request, response) => {
        response.writeHead(200);
        for (let at = 0; at < bytes.length; at += 7_919) response.write(bytes.subarray(at, at + 7_919));
        response.end();
      });
      const [before, seen] = [await counted(), { good: 0, malformed: 0 }];
      for await (const item of await xApiOf(x).stream(NEVER)) {
        if (item.type === 'malformed') seen.malformed++;
        if (item.type !== 'record') continue;
        if (item.ruleTags[0] === 'p') seen.good++;
        for (const post of item.mapped.posts) expect(incomingPostSchema.safeParse(post).error).toBeUndefined();
      }
      expect(seen.good).toBe(1_000);
      expect(seen.malformed).toBeGreaterThan(500);
      expect((await counted()) - before).toBe(1 + seen.malformed);
    });
  });
});
