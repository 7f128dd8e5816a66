import { readdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { TwitterApi } from 'twitter-api-v2';
import type { XStreamItem } from '../src/sources/x/index.js';
import { json, rateHeaders, raw, startScriptedX, xApiOf, type Reply, type ScriptedX } from './factories/scripted-x.factory.js'; // prettier-ignore
import { snowflake, v2Page, v2Post, v2User, type Json } from './factories/x-v2.factory.js';

const NEVER = new AbortController().signal;
const SEARCH = { query: '#wörld', maxResults: 100 };
const SOURCES = new URL('../src/sources/x/', import.meta.url);

let x: ScriptedX;
afterEach(() => x.close());

function post(second: number, overrides: Json = {}): Json {
  const at = new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();
  return v2Post({ id: snowflake(at), created_at: at, ...overrides });
}

function page(data: Json[], nextToken?: string): Json {
  return v2Page(data, { users: [v2User()] }, { meta: { result_count: data.length, next_token: nextToken } });
}

/** The library as one would use it, for showing that a fault is there to be walked around. */
function library(): TwitterApi {
  return new TwitterApi('token', {
    httpAgent: new Agent() as never,
    plugins: [
      { onBeforeRequestConfig: ({ params }) => void (params.url = params.url.replace('https://api.x.com', x.url)) },
    ],
  });
}

async function itemsOf(stream: AsyncIterable<XStreamItem>): Promise<XStreamItem[]> {
  const items: XStreamItem[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

describe('faults of twitter-api-v2', () => {
  it('should not take an exhausted window for the end of the search', async () => {
    x = await startScriptedX(json(page([post(1)], 'more'), 200, rateHeaders(0)));
    const theirs = await library().v2.search('#wörld');
    await theirs.fetchLast(100);
    expect([theirs.done, theirs.tweets.length, x.requests.length]).toEqual([false, 1, 1]);

    const sut = await xApiOf(x).search(SEARCH, NEVER);
    expect(sut).toMatchObject({ nextToken: 'more', rate: { remaining: 0, limit: 450 } });
  });

  it('should refuse a page of errors without meta as an answer, not die of it', async () => {
    const odd = json({ errors: [{ title: 'Odd', detail: 'no meta', type: 'about:blank' }] });
    x = await startScriptedX(json(page([post(1)], 'more')), odd);
    const theirs = await library().v2.search('#x');
    await expect(theirs.fetchNext()).rejects.toBeInstanceOf(TypeError);

    const sut = xApiOf(x).search(SEARCH, NEVER);
    await expect(sut).rejects.toMatchObject({ reason: 'malformed-answer', reaction: 'retry', details: { status: 200 } }); // prettier-ignore
  });

  it('should ask nothing more after the last page', async () => {
    x = await startScriptedX(json(page([post(2), post(1)])));
    const theirs = await library().v2.search('#x');
    await theirs.fetchNext();
    expect(x.requests.length).toBe(2);

    x.requests.length = 0;
    const sut = await xApiOf(x).search(SEARCH, NEVER);
    expect([sut.nextToken, sut.mapped.posts.length, x.requests.length]).toEqual([null, 2, 1]);
  });

  it('should know each author of a page once, and none of another page', async () => {
    const users = Array.from({ length: 300 }, () => v2User());
    x = await startScriptedX(json(v2Page([post(1), post(2)], { users }, { meta: { result_count: 2 } })));
    const [first, second] = (await xApiOf(x).search(SEARCH, NEVER)).mapped.posts;
    expect(first?.author).toBe(second?.author);
    expect((await xApiOf(x).search(SEARCH, NEVER)).billed.userIds).toEqual(['42']);
  });

  it('should read characters that are split over chunks', async () => {
    const line = Buffer.from(`${JSON.stringify({ data: post(1, { text: '日本語 Україна' }) })}\r\n`);
    const cut = line.indexOf(Buffer.from('本')) + 1;
    const slowly: Reply = (_request, response) => {
      response.writeHead(200).write(line.subarray(0, cut), () => {
        setTimeout(() => response.end(line.subarray(cut)), 20);
      });
    };
    x = await startScriptedX(slowly);
    const items = await itemsOf(await xApiOf(x).stream(NEVER));
    expect(items).toMatchObject([{ type: 'record', mapped: { posts: [{ text: '日本語 Україна' }] } }]);
  });

  it('should hand on the refusal of a stream without an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const refusal = { title: 'ConnectionException', connection_issue: 'TooManyConnections', type: 'https://api.x.com/2/problems/streaming-connection' }; // prettier-ignore
    x = await startScriptedX(json(refusal, 429, rateHeaders(40)));
    await expect(xApiOf(x).stream(NEVER)).rejects.toMatchObject({ reason: 'too-many-connections', reaction: 'wait' });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('should give up an answer that does not come, or does not end', async () => {
    const silent: Reply = () => {};
    const dripping: Reply = (_request, response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    };
    x = await startScriptedX(silent, dripping, dripping);
    const sut = xApiOf(x, {}, { requestMs: 150 });
    const error = { reason: 'network', reaction: 'retry', message: 'X gave no whole answer within 150 ms' };
    await expect(sut.search(SEARCH, NEVER)).rejects.toMatchObject(error);
    await expect(sut.search(SEARCH, NEVER)).rejects.toMatchObject(error);
  });

  it('should tell a reset connection, and give the same page when asked again', async () => {
    x = await startScriptedX(
      (request) => request.socket.resetAndDestroy(),
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '9999' });
        response.write('{"data":[', () => response.destroy());
      },
      json(page([post(1)])),
    );
    const sut = xApiOf(x);
    await expect(sut.search(SEARCH, NEVER)).rejects.toMatchObject({ reason: 'network', message: 'X gave no whole answer (ECONNRESET)' }); // prettier-ignore
    await expect(sut.search(SEARCH, NEVER)).rejects.toMatchObject({ reason: 'network' });
    expect((await sut.search(SEARCH, NEVER)).mapped.posts.length).toBe(1);
    expect(new Set(x.requests.map(({ url }) => url.search)).size).toBe(1);
  });

  it('should know the cap by the type X really sends, and pause until the day it names', async () => {
    const capped = { title: 'UsageCapExceeded', period: 'Monthly', scope: 'Product', type: 'https://api.x.com/2/problems/usage-capped' }; // prettier-ignore
    const day = new Date(Date.now() + 5 * 86_400_000).getUTCDate();
    const usage = { data: { cap_reset_day: day, project_cap: '3000000', project_usage: '3000000' } };
    x = await startScriptedX(json(capped, 429, rateHeaders(39_999)), json(usage));
    const error = await xApiOf(x).search(SEARCH, NEVER).catch((thrown: unknown) => thrown); // prettier-ignore
    expect(error).toMatchObject({ reason: 'usage-cap', reaction: 'halt-source', details: { status: 429 } });
    const { until } = (error as { details: { until: Date } }).details;
    expect([until.getUTCDate(), until.getUTCHours()]).toEqual([day, 0]);
    expect(until.getTime() - Date.now()).toBeGreaterThan(3 * 86_400_000);
  });

  it('should pause for the cap without a day when nobody knows it', async () => {
    x = await startScriptedX(json({ title: 'UsageCapExceeded' }, 429), raw('<html>', 503));
    const error = await xApiOf(x).search(SEARCH, NEVER).catch((thrown: unknown) => thrown); // prettier-ignore
    expect(error).toMatchObject({ reason: 'usage-cap', reaction: 'halt-source' });
    expect((error as { details: { until?: Date } }).details.until).toBeUndefined();
  });

  it('should know a 503 in HTML that calls itself JSON', async () => {
    const html = raw('<html>Over capacity</html>', 503, { 'content-type': 'application/json' });
    x = await startScriptedX(html);
    const theirs = await library().v2.search('#x').catch((thrown: unknown) => thrown); // prettier-ignore
    expect(theirs).not.toHaveProperty('code');

    const sut = xApiOf(x).search(SEARCH, NEVER);
    await expect(sut).rejects.toMatchObject({ reason: 'upstream-unavailable', details: { status: 503 } });
  });

  it('should survive an error body whose list holds no objects', async () => {
    x = await startScriptedX(json({ errors: [null] }, 500), json({ errors: [{ code: 1 }, null] }, 400));
    await expect(xApiOf(x).search(SEARCH, NEVER)).rejects.toMatchObject({ reason: 'upstream-unavailable' });
    await expect(xApiOf(x).search(SEARCH, NEVER)).rejects.toMatchObject({ reason: 'rejected-request' });
  });

  it.each([402, 429])('should make do without headers of the limit at %i', async (status) => {
    x = await startScriptedX(json({ title: 'Nope' }, status));
    const error = await xApiOf(x).search(SEARCH, NEVER).catch((thrown: unknown) => thrown); // prettier-ignore
    expect(error).toMatchObject({ name: 'UpstreamError', details: { status } });
    expect((error as { details: { until?: Date } }).details.until).toBeUndefined();
  });

  it('should use nothing of the library but its single requests', () => {
    const code = readdirSync(SOURCES)
      .filter((name) => !name.endsWith('.spec.ts'))
      .map((name) => readFileSync(new URL(name, SOURCES), 'utf8'));
    const uses = code.join('\n').matchAll(/client\.v2\.(\w+)/g);
    expect(new Set([...uses].map((use) => use[1]))).toEqual(new Set(['get', 'post']));
    expect(code.join('\n')).not.toMatch(/plugin-rate-limit|cloneWithPrefix|hasErrorCode|getStream|new TwitterApiV2/);
  });
});
