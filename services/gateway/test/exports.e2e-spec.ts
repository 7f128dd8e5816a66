import { get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Parser } from 'htmlparser2';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chargeXPosts, listPosts, openExport, readExport, tagNetworkReport } from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { eventually } from '#libs/testing';
import { POST_EXAMPLE } from '../src/posts/posts.routes.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

const PATH = '/api/v1/exports/posts?tag=lookout';
const PAGES = 50;

describe('exports', () => {
  let sut: GatewayApp;

  beforeEach(async () => {
    sut = await startGateway();
  });

  afterEach(() => sut.close());

  const http = () => request(sut.url);
  const keyWith = (scopes: string) => `Bearer ${sut.keys.add({ scopes })}`;
  const reads = () => sut.rpc.callsOf(readExport).length;

  /** Pages of one line each; page `fails` is never answered well. */
  function answerPages(options: { fails?: number; bytes?: number } = {}): string {
    const line = (n: number) => `${JSON.stringify({ id: String(n), text: 'x'.repeat(options.bytes ?? 20) })}\n`;
    sut.rpc.answer(readExport, ({ cursor }) => {
      const n = Number(cursor);
      if (n === options.fails) throw new CodedError('RPC.UNAVAILABLE', 'unavailable', 'away');
      return { text: line(n), rows: 1, next_cursor: n + 1 < PAGES ? String(n + 1) : null };
    });
    return Array.from({ length: PAGES }, (_, n) => line(n)).join('');
  }

  function open(path = PATH, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get(`${sut.url}${path}`, { headers, agent: false }, resolve).on('error', reject);
    });
  }

  async function drain(answer: IncomingMessage): Promise<{ bytes: Buffer; whole: boolean }> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of answer) chunks.push(chunk as Buffer);
    } catch {
      return { bytes: Buffer.concat(chunks), whole: false };
    }
    return { bytes: Buffer.concat(chunks), whole: answer.complete };
  }

  it('should send all pages in order, named, with what is left of the quotas', async () => {
    const expected = answerPages();
    const answer = await open(`${PATH}&from=2026-01-01T00:00:00Z`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': 'attachment; filename="lookout-posts.jsonl"',
      'cache-control': 'no-store',
      'mirante-x-posts-left': '500',
      'mirante-x-ids-left': '1500000',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
    });
    expect((await drain(answer)).bytes.toString()).toBe(expected);
    expect(sut.rpc.callsOf(openExport)).toEqual([
      {
        tenant: 'anonymous',
        subject: 'anonymous',
        tag: 'lookout',
        format: 'jsonl',
        from: '2026-01-01T00:00:00Z',
        authors: 'full',
        x: 'ids',
      },
    ]);
  });

  it('should compress for who accepts it', async () => {
    const expected = answerPages({ bytes: 5_000 });
    const answer = await open(PATH, { 'accept-encoding': 'br;q=0.9, gzip' });
    expect(answer.headers['content-encoding']).toBe('gzip');
    const { bytes } = await drain(answer);
    expect(bytes.length).toBeLessThan(expected.length / 10);
    expect(gunzipSync(bytes).toString()).toBe(expected);
  });

  it('should begin a csv with its head', async () => {
    const answer = await http().get(`${PATH}&format=csv`).expect(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.text).toBe('source,id,tag\r\n');
  });

  it.each<Record<string, string>>([{}, { 'accept-encoding': 'gzip' }])(
    'should break off visibly when a page cannot be had %j',
    async (headers) => {
      answerPages({ fails: 7, bytes: 50_000 });
      const answer = await open(PATH, headers);
      expect(answer.statusCode).toBe(200);
      const { bytes, whole } = await drain(answer);
      expect(whole).toBe(false);
      const text = headers['accept-encoding'] ? '' : bytes.toString();
      const last = text.split('\n').at(-1)!;
      // What may be left of a last line is no row.
      if (last !== '') expect(() => JSON.parse(last) as unknown).toThrow();
    },
  );

  it('should fetch no further than the client reads, and nothing once it is gone', async () => {
    answerPages({ bytes: 900_000 });
    const answer = await open();
    answer.pause();
    let before = -1;
    // Reading ahead fills the buffers of the sockets; then it stands still.
    await eventually(
      async () => {
        const now = reads();
        const still = now === before;
        before = now;
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(still).toBe(true);
      },
      { timeoutMs: 10_000 },
    );
    expect(before).toBeLessThan(PAGES / 2);
    answer.destroy();
    await eventually(() => expect(sut.rpc.callsOf(readExport).length).toBe(before));
    expect((await http().get(`${PATH}&format=csv`)).status).toBe(200);
  });

  it('should bound how many are sent at the same time', async () => {
    await sut.close();
    sut = await startGateway({ MIRANTE_MAX_EXPORTS: 1 });
    answerPages({ bytes: 900_000 });
    const first = await open();
    first.pause();
    const second = await http().get(PATH).expect(503);
    expect(second.body.code).toBe('EXPORTS.TOO_MANY');
    expect(second.headers['retry-after']).toBe('10');
    first.destroy();
    answerPages();
    await eventually(async () => expect((await http().get(PATH)).status).toBe(200));
  });

  it('should answer a refusal as any other, and count nothing for a question about headers', async () => {
    const error = new CodedError('EXPORTS.X_QUOTA_USED_UP', 'rate-limited', 'used up', { retryAfterMs: 60_000 });
    sut.rpc.fail(openExport, error);
    const refused = await http().get(PATH).expect(429);
    expect(refused.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '60' });
    expect(refused.headers['content-disposition']).toBeUndefined();
    sut.rpc.calls.length = 0;
    const head = await http().head(PATH).expect(200);
    expect(head.headers['content-disposition']).toContain('lookout-posts.jsonl');
    expect(sut.rpc.calls).toEqual([]);
  });

  it('should give whole posts of X to keys with the scope only', async () => {
    const asked = () => (sut.rpc.callsOf(openExport).at(-1) as { x: string }).x;
    await http().get(PATH).set('authorization', keyWith('exports:read')).expect(200);
    expect(asked()).toBe('ids');
    const full = keyWith('exports:read exports:full');
    await http().get(PATH).set('authorization', full).expect(200);
    expect(asked()).toBe('full');
    await http().get(`${PATH}&x=ids`).set('authorization', full).expect(200);
    expect(asked()).toBe('ids');
    const lacking = await http().get(`${PATH}&x=full`).set('authorization', keyWith('exports:read')).expect(403);
    expect(lacking.body.detail).toContain('exports:full');
    expect((await http().get(`${PATH}&x=full`).expect(401)).body.code).toBe('ACCESS.KEY_NEEDED');
    await http().get(PATH).set('authorization', keyWith('posts:read')).expect(403);
  });

  it('should refuse ids without their authors, which there are none of', async () => {
    const answer = await http().get(`${PATH}&format=ids&authors=pseudonym`).expect(400);
    expect(answer.body.errors).toMatchObject([{ where: 'query.authors' }]);
  });

  it('should draw the network of tags as well-formed GEXF, whatever the tags are', async () => {
    const nodes = ['fog', 'são', '天気', 'a"b<c>&\'d', '\u0001x'].map((tag, n) => ({ tag, posts: 10 - n }));
    const edges = [
      { a: 'fog', b: 'são', posts: 3 },
      { a: 'a"b<c>&\'d', b: '天気', posts: 1 },
    ];
    sut.rpc.answer(tagNetworkReport, () => ({ tag: 'fog', nodes, edges }));
    const answer = await http().get('/api/v1/exports/cooccurring-tags?tag=fog&limit=4').buffer(true).expect(200);
    expect(answer.headers['content-type']).toContain('application/gexf+xml');
    expect(answer.headers['content-disposition']).toBe('attachment; filename="fog-tags.gexf"');
    const xml = answer.text ?? (answer.body as Buffer).toString();
    const found: [string, Record<string, string>][] = [];
    new Parser({ onopentag: (name, attributes) => found.push([name, attributes]) }, { xmlMode: true }).end(xml);
    const of = (name: string) => found.filter(([tag]) => tag === name).map(([, attributes]) => attributes);
    expect(of('gexf')).toMatchObject([{ xmlns: 'http://gexf.net/1.3', version: '1.3' }]);
    expect(of('graph')).toMatchObject([{ defaultedgetype: 'undirected' }]);
    expect(of('node').map(({ label }) => label)).toEqual(['#fog', '#são', '#天気', '#a"b<c>&\'d', '#\ufffdx']);
    expect(of('attvalue').map(({ value }) => value)).toEqual(['10', '9', '8', '7', '6']);
    expect(of('edge')).toEqual([
      { id: '0', source: '0', target: '1', weight: '3' },
      { id: '1', source: '3', target: '2', weight: '1' },
    ]);
    expect(xml).not.toMatch(/[\u0000-\u0008]/);
    sut.rpc.answer(tagNetworkReport, () => ({ tag: 'none', nodes: [], edges: [] }));
    await http().get('/api/v1/exports/cooccurring-tags?tag=none').expect(200);
  });

  describe('listing posts where the caller is not the owner', () => {
    const MASTODON = { ...POST_EXAMPLE, source: 'mastodon' as const, id: 'https://social.example/1' };

    beforeEach(async () => {
      await sut.close();
      sut = await startGateway({ MIRANTE_ENV: 'production' });
      sut.rpc.answer(listPosts, () => ({ items: [POST_EXAMPLE, MASTODON], next_cursor: null }));
    });

    const items = async (key?: string) => {
      const asked = http().get('/api/v1/posts?tag=lookout');
      return (await (key ? asked.set('authorization', key) : asked).expect(200)).body.items as unknown[];
    };

    it('should show of a post of X its id only, and count it', async () => {
      expect(await items()).toEqual([{ source: 'x', id: POST_EXAMPLE.id }, MASTODON]);
      expect(sut.rpc.callsOf(chargeXPosts)).toEqual([{ subject: 'anonymous', kind: 'ids', posts: 1 }]);
    });

    it('should show it whole with the scope, as long as the quota of the day lasts', async () => {
      const key = keyWith('posts:read exports:full');
      expect(await items(key)).toEqual([POST_EXAMPLE, MASTODON]);
      const left = { full: 0, ids: 9 };
      sut.rpc.answer(chargeXPosts, ({ kind }) => ({ granted: kind === 'ids', left }));
      expect(await items(key)).toEqual([{ source: 'x', id: POST_EXAMPLE.id }, MASTODON]);
    });

    it('should refuse when the ids are used up', async () => {
      sut.rpc.answer(chargeXPosts, () => ({ granted: false, left: { full: 0, ids: 0 } }));
      const answer = await http().get('/api/v1/posts?tag=lookout').expect(429);
      expect(answer.body.code).toBe('POSTS.X_IDS_USED_UP');
    });
  });
});
