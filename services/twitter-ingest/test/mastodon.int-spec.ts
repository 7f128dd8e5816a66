import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CapturePart, StepResult } from '../src/captures/source-driver.js';
import { UpstreamError } from '../src/captures/upstream.errors.js';
import { MastodonClient } from '../src/sources/mastodon/mastodon-client.service.js';
import { MastodonDriver } from '../src/sources/mastodon/mastodon.driver.js';
import { mastodonAccount, mastodonStatus, timelinePage } from './factories/fediverse.factory.js';
import { mappedSchema } from './factories/post.schema.js';
import type { Json } from './factories/x-v2.factory.js';

const never = new AbortController().signal;
const MINUTE = 60_000;

/** Ids of one instance: they cross a length, as ids of several generations do. */
function statusAt(id: number, at: number, overrides: Json = {}): Json {
  return mastodonStatus({
    id: String(id),
    uri: `https://social.example/users/lena/statuses/${id}`,
    created_at: new Date(at).toISOString(),
    ...overrides,
  });
}

describe('MastodonDriver', () => {
  let server: Server;
  let host: string;
  let timeline: Json[];
  let answer: RequestListener;
  let asked: string[];
  let sut: MastodonDriver;

  const honest: RequestListener = (request, response) => send(response, timelinePage(timeline, request.url!));
  const send = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}) =>
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(body));

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url!);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.MIRANTE_EGRESS_ALLOW = '127.0.0.1';
    process.env.MIRANTE_MASTODON_INSTANCES = `http://${host}`;
    process.env.MIRANTE_MASTODON_BACKFILL_PAGES = '4';
  });
  afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  beforeEach(() => {
    [timeline, asked, answer] = [[], [], honest];
    sut = new MastodonDriver(new MastodonClient());
  });

  const newPart = (overrides: Partial<CapturePart> = {}): CapturePart => ({
    captureId: 'c',
    partId: 1,
    source: 'mastodon',
    target: host,
    tag: 'foto',
    mode: 'follow',
    everySeconds: null,
    from: null,
    phase: 'backfill',
    checkpoint: null,
    pokes: 0,
    createdAt: new Date(),
    budgetMicroUsd: 0,
    ...overrides,
  });

  /** Takes steps as the worker does, checkpoints through JSON, until the driver wants to rest or is done. */
  async function run(given: CapturePart): Promise<{ part: CapturePart; uris: string[]; results: StepResult[] }> {
    const results: StepResult[] = [];
    let part = given;
    for (let going = true; going;) {
      const result = await sut.step(part, never);
      results.push(result);
      const checkpoint = JSON.parse(JSON.stringify(result.checkpoint)) as CapturePart['checkpoint'];
      part = { ...part, checkpoint, phase: result.phase };
      going = result.phase !== 'done' && result.nextAfterMs === 0;
    }
    return { part, results, uris: results.flatMap((result) => result.posts.map((post) => post.extId)) };
  }

  const fill = (count: number, step = MINUTE, start = 950) => {
    const now = Date.now();
    for (let n = 1; n <= count; n++) timeline.push(statusAt(start + n, now - (count - n) * step));
  };

  it('should read back to the wanted time and end', async () => {
    fill(130);
    const from = new Date(Date.now() - 100.5 * MINUTE);
    const { uris, results, part } = await run(newPart({ mode: 'once', from }));
    expect(new Set(uris).size).toBe(101);
    expect(part.phase).toBe('done');
    expect(results).toHaveLength(3);
    expect(results.at(-1)!.gaps).toEqual([]);
  });

  it('should say what it has not read when the pages are used up', async () => {
    fill(300);
    const { results, uris } = await run(newPart({ mode: 'once' }));
    expect(new Set(uris).size).toBe(160);
    const [gap] = results.at(-1)!.gaps;
    expect(gap!.to.getTime() - Date.now()).toBeLessThan(-150 * MINUTE);
    expect(gap!.from.getTime()).toBeLessThan(gap!.to.getTime());
  });

  it('should follow upwards over several pages without a hole, and see edits within the overlap', async () => {
    fill(60);
    const first = await run(newPart());
    expect(first.part.phase).toBe('follow');
    const edited = timeline.at(-3)!;
    Object.assign(edited, { edited_at: new Date().toISOString(), content: '<p>neu</p>' });
    fill(110, 100, 1_010);
    const second = await run(first.part);
    expect(new Set([...first.uris, ...second.uris]).size).toBe(170);
    const again = second.results.flatMap(({ posts }) => posts).find((post) => post.extId === edited.uri);
    expect(again).toMatchObject({ text: 'neu', edited: true });
    expect(second.results.at(-1)!.nextAfterMs).toBe(60_000);
    const third = await run(second.part);
    expect(third.results.at(-1)!.seenUpTo!.getTime()).toBeGreaterThan(Date.now() - 10_000);
  });

  it('should follow the deletion of a post of the instance itself, and of no other', async () => {
    fill(3);
    const [, ours, hidden] = timeline;
    const [foreign] = timeline;
    (foreign!.account as Json).acct = 'lena@social.example';
    const first = await run(newPart());
    timeline = [];
    answer = (request, response) => {
      if (!request.url!.includes('/statuses/')) return honest(request, response);
      if (request.url!.endsWith(`/${String(hidden!.id)}`)) return send(response, hidden);
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Record not found"}');
    };
    const second = await run(first.part);
    expect(second.results.flatMap(({ deletions }) => deletions)).toMatchObject([
      { source: 'mastodon', extId: ours!.uri },
    ]);
    expect(second.results[0]!.requests).toBe(3);
    const third = await run(second.part);
    expect(third.results.flatMap(({ deletions }) => deletions)).toEqual([]);
    expect(asked.filter((path) => path.includes(`/statuses/${String(ours!.id)}`))).toHaveLength(1);
  });

  it('should find the first posts of a tag nobody has used before', async () => {
    const first = await run(newPart());
    fill(45);
    const second = await run(first.part);
    expect(new Set(second.uris).size).toBe(45);
  });

  it('should keep posts without a usable form out, and get past them', async () => {
    fill(90);
    for (const index of [3, 40, 41, 89]) timeline[index]!.uri = 7;
    timeline[50]!.visibility = 'private';
    const { uris, results } = await run(newPart({ mode: 'once' }));
    expect(new Set(uris).size).toBe(85);
    expect(results.flatMap(({ errors }) => errors)).toHaveLength(4);
  });

  it('should keep characters whole', async () => {
    timeline.push(statusAt(1, Date.now(), { content: '<p>Grüße 🌅 日本 👩‍👩‍👧 ' + 'é'.repeat(40_000) + '</p>' }));
    answer = (_request, response) => {
      const bytes = Buffer.from(JSON.stringify(timeline));
      response.writeHead(200, { 'content-type': 'application/json' });
      for (let at = 0; at < bytes.length; at += 1_001) response.write(bytes.subarray(at, at + 1_001));
      response.end();
    };
    const { results } = await run(newPart({ mode: 'once' }));
    expect(results[0]!.posts[0]!.text).toBe('Grüße 🌅 日本 👩‍👩‍👧 ' + 'é'.repeat(40_000));
  });

  it('should not read a page for ever that a server repeats', async () => {
    fill(40);
    answer = (_request, response) => send(response, timeline);
    const first = await run(newPart());
    const second = await run(first.part);
    expect(first.results.length + second.results.length).toBe(6);
  });

  it.each([
    [401, 'follow', 'forbidden', 'wait'],
    [403, 'once', 'forbidden', 'fail'],
    [404, 'follow', 'rejected-request', 'fail'],
    [410, 'follow', 'rejected-request', 'fail'],
    [422, 'follow', 'rejected-request', 'fail'],
    [429, 'follow', 'rate-window', 'wait'],
    [500, 'follow', 'upstream-unavailable', 'retry'],
    [503, 'once', 'upstream-unavailable', 'retry'],
  ] as const)('should answer to status %d of a capture that would %s', async (status, mode, reason, reaction) => {
    answer = (_request, response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>secret</html>');
    const error = await sut.step(newPart({ mode }), never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({ reason, reaction, details: { status, requests: 1 } });
    expect((error as Error).message).not.toContain('secret');
  });

  it.each([
    ['HTML', '<html></html>'],
    ['cut JSON', '[{"id":"1"'],
    ['an object', '{"error":"no"}'],
    ['a list of nothing usable', '[1,2,3]'],
    ['bytes that are no UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])],
  ])('should take %s for a malformed answer', async (_kind, body) => {
    answer = (_request, response) => response.writeHead(200).end(body);
    await expect(sut.step(newPart(), never)).rejects.toMatchObject({ reason: 'malformed-answer', reaction: 'retry' });
  });

  it('should wait as long as it is told and ask nothing meanwhile', async () => {
    answer = (_request, response) => response.writeHead(429, { 'retry-after': '120' }).end();
    const error = (await sut.step(newPart(), never).catch((thrown: unknown) => thrown)) as UpstreamError;
    expect(Math.abs(error.details.until!.getTime() - Date.now() - 120_000)).toBeLessThan(5_000);
    await expect(sut.step(newPart(), never)).rejects.toMatchObject({ reason: 'rate-window' });
    expect(asked).toHaveLength(1);
  });

  it('should spread requests when few are left', async () => {
    answer = (_request, response) =>
      send(response, [statusAt(1, Date.now())], {
        'x-ratelimit-limit': '300',
        'x-ratelimit-remaining': '10',
        'x-ratelimit-reset': new Date(Date.now() + 200_000).toISOString(),
      });
    const { nextAfterMs } = await sut.step(newPart(), never);
    expect(nextAfterMs).toBeGreaterThan(19_000);
    expect(nextAfterMs).toBeLessThan(21_000);
  });

  it('should fail for an instance that leads inside, or is not configured any more', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    await expect(sut.step(newPart(), never)).rejects.toMatchObject({ reason: 'refused-address', reaction: 'fail' });
    await expect(sut.step(newPart({ target: 'gone.example' }), never)).rejects.toMatchObject({ reaction: 'fail' });
  });

  it('should estimate by what the instance knows, and never throw', async () => {
    answer = (_request, response) => send(response, { name: 'foto', history: [{ uses: '7' }, { uses: '5' }] });
    expect(await sut.estimate(newPart())).toMatchObject({ posts: 12, worst_case_usd: 0 });
    answer = (request) => request.socket.destroy();
    expect(await sut.estimate(newPart())).toMatchObject({ posts: null, worst_case_usd: 0 });
  });

  it('should survive 1 000 damaged answers and never give a broken post on', { timeout: 120_000 }, async () => {
    const page = [1, 2, 3].map((id) => statusAt(id, Date.now(), { account: mastodonAccount({ id: String(id) }) }));
    const text = Buffer.from(JSON.stringify(page));
    const nasty = fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1e300,
      [],
      {},
      [null],
      '\ud800',
      '\u0000',
      '__proto__',
      'x'.repeat(5_000),
    );
    const damaged = fc.oneof(
      fc
        .tuple(fc.nat(text.length - 1), fc.nat(60), fc.uint8Array({ maxLength: 4 }))
        .map(([at, remove, put]) => Buffer.concat([text.subarray(0, at), put, text.subarray(at + remove)])),
      fc
        .tuple(fc.nat(2), fc.constantFrom(...Object.keys(page[0]!)), nasty)
        .map(([index, key, value]) =>
          Buffer.from(JSON.stringify(page.map((status, n) => (n === index ? { ...status, [key]: value } : status)))),
        ),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
    );
    const outcomes = { posts: 0, errors: 0, malformed: 0 };
    await fc.assert(
      fc.asyncProperty(damaged, async (body) => {
        answer = (_request, response) => response.writeHead(200).end(body);
        const result = await sut.step(newPart(), never).catch((error: unknown) => {
          expect(error).toMatchObject({ name: 'UpstreamError', reason: 'malformed-answer' });
          return null;
        });
        if (!result) outcomes.malformed++;
        else {
          const { posts, deletions, errors } = result;
          const mapped = { type: 'posts', format: 'mastodon-status', skipped: 0, posts, deletions, errors };
          expect(mappedSchema.safeParse(mapped).error).toBeUndefined();
          outcomes.posts += posts.length;
          outcomes.errors += errors.length;
        }
      }),
      { numRuns: 1_000, seed: 20_261_121 },
    );
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(50);
  });
});
