import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { metricsRegistry, newContext, runInContext } from '#libs/observability';
import {
  AddressRefusedError,
  AllowList,
  AnswerTooLargeError,
  BadAnswerError,
  Egress,
  EgressTimeoutError,
  RedirectRefusedError,
  UnreachableError,
  UrlRefusedError,
  type Resolve,
} from '#libs/egress';

const SECRET = 'do-not-tell-7d1f';

/** A resolver that knows `*.test` only: a list of answers per name, the last one for good. */
function namesOf(names: Record<string, string[]>): { resolve: Resolve; asked: string[] } {
  const asked: string[] = [];
  const left = new Map(Object.entries(names).map(([name, answers]) => [name, [...answers]]));
  return {
    asked,
    resolve: (host, callback) => {
      asked.push(host);
      const answers = left.get(host) ?? [];
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === undefined) callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []);
      else
        callback(
          null,
          answer.split(' ').map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
    },
  };
}

describe('Egress', () => {
  let server: Server;
  let port: number;
  let answer: RequestListener;
  let seen: { url: string; headers: IncomingHttpHeaders }[];
  let sut: Egress;

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push({ url: request.url!, headers: request.headers });
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  beforeEach(() => {
    seen = [];
    answer = (_request, response) => response.end('hello');
    sut = new Egress({ allow: AllowList.parse('127.0.0.1') });
  });
  afterEach(() => sut.close());

  const local = (path = '/') => `http://127.0.0.1:${port}${path}`;

  it('should give back status, headers and body of an answer with any status', async () => {
    answer = (_request, response) => response.writeHead(418, { 'x-kind': 'tea' }).end('größe');
    const got = await sut.fetch(local('/a?b=1'));
    expect([got.status, got.headers['x-kind'], got.body.toString(), got.url]).toEqual([
      418,
      'tea',
      'größe',
      local('/a?b=1'),
    ]);
  });

  it('should refuse a name that resolves to a private address, before anything is sent', async () => {
    const strict = new Egress({
      allow: AllowList.parse(''),
      resolve: namesOf({ 'inner.test': ['127.0.0.1'] }).resolve,
    });
    await expect(strict.fetch('http://inner.test/')).rejects.toThrow(AddressRefusedError);
    await expect(strict.fetch('http://localhost/')).rejects.toThrow(UnreachableError);
    const system = new Egress({ allow: AllowList.parse('') });
    await expect(system.fetch('http://localhost/')).rejects.toThrow(AddressRefusedError);
    expect(seen).toEqual([]);
    await Promise.all([strict.close(), system.close()]);
  });

  it('should connect to the address it has checked and resolve no second time', async () => {
    const names = namesOf({ 'rebinds.test': ['127.0.0.1', '127.0.0.2'] });
    const guarded = new Egress({ allow: AllowList.parse('127.0.0.1'), resolve: names.resolve });
    const got = await guarded.fetch(`http://rebinds.test:${port}/`);
    expect(got.body.toString()).toBe('hello');
    expect(names.asked).toEqual(['rebinds.test']);
    expect(seen[0]!.headers.host).toBe(`rebinds.test:${port}`);
    await guarded.close();
  });

  it('should refuse a name that was good at first and leads inside when the next connection is opened', async () => {
    answer = (_request, response) => response.setHeader('connection', 'close').end('once');
    const names = namesOf({ 'rebinds.test': ['127.0.0.1', '10.0.0.1'] });
    const guarded = new Egress({ allow: AllowList.parse('127.0.0.1'), resolve: names.resolve });
    await guarded.fetch(`http://rebinds.test:${port}/`);
    await expect(guarded.fetch(`http://rebinds.test:${port}/`)).rejects.toThrow(AddressRefusedError);
    expect(seen).toHaveLength(1);
    await guarded.close();
  });

  it('should use only the permitted ones of several addresses', async () => {
    const names = namesOf({ 'mixed.test': ['10.0.0.1 ::1 127.0.0.1'] });
    const guarded = new Egress({ allow: AllowList.parse('127.0.0.1'), resolve: names.resolve });
    expect((await guarded.fetch(`http://mixed.test:${port}/`)).status).toBe(200);
    await guarded.close();
  });

  it.each(['http://169.254.169.254/latest/', 'http://[::ffff:169.254.169.254]/', 'http://2852039166/'])(
    'should refuse a redirect to %s',
    async (location) => {
      answer = (_request, response) => response.writeHead(302, { location }).end();
      await expect(sut.fetch(local())).rejects.toThrow(AddressRefusedError);
    },
  );

  it.each([
    ['file:///etc/passwd', UrlRefusedError],
    ['http://user:pw@example.org/', UrlRefusedError],
    ['http://', RedirectRefusedError],
  ])('should refuse a redirect to %s', async (location, error) => {
    answer = (_request, response) => response.writeHead(307, { location }).end();
    await expect(sut.fetch(local())).rejects.toThrow(error);
  });

  it('should follow three redirects and no fourth', async () => {
    answer = (request, response) => {
      const left = Number(request.url!.slice(1));
      if (left === 0) response.end('arrived');
      else response.writeHead(301, { location: `/${left - 1}` }).end();
    };
    expect((await sut.fetch(local('/3'))).url).toBe(local('/0'));
    await expect(sut.fetch(local('/4'))).rejects.toThrow(RedirectRefusedError);
  });

  it('should leave credentials behind when a redirect leads to another origin', async () => {
    const names = namesOf({ 'other.test': ['127.0.0.1'] });
    const guarded = new Egress({ allow: AllowList.parse('127.0.0.1'), resolve: names.resolve });
    answer = (request, response) => {
      if (request.headers.host!.startsWith('other')) response.end();
      else response.writeHead(302, { location: `http://other.test:${port}/` }).end();
    };
    await guarded.fetch(local(), { headers: { Authorization: SECRET, 'X-Api-Key': SECRET, accept: 'text/plain' } });
    expect(seen[0]!.headers.authorization).toBe(SECRET);
    expect(JSON.stringify(seen[1])).not.toContain(SECRET);
    expect(seen[1]!.headers.accept).toBe('text/plain');
    await guarded.close();
  });

  it('should not repeat a request with a body elsewhere', async () => {
    answer = (_request, response) => response.writeHead(307, { location: '/other' }).end();
    await expect(sut.fetch(local(), { method: 'POST', body: 'x' })).rejects.toThrow(RedirectRefusedError);
    expect(seen).toHaveLength(1);
  });

  it('should stop at the first byte too many, announced or not', async () => {
    answer = (request, response) => {
      const body = Buffer.alloc(10_001, 'x');
      if (request.url === '/announced') response.setHeader('content-length', body.length);
      response.write(body);
      response.end();
    };
    await expect(sut.fetch(local('/'), { maxBytes: 10_000 })).rejects.toThrow(AnswerTooLargeError);
    await expect(sut.fetch(local('/announced'), { maxBytes: 10_000 })).rejects.toThrow(AnswerTooLargeError);
    expect((await sut.fetch(local('/'), { maxBytes: 10_001 })).body).toHaveLength(10_001);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('should unpack %s and count what comes out', async (encoding, pack) => {
    answer = (request, response) => {
      const packed = pack(Buffer.alloc(request.url === '/bomb' ? 50_000_000 : 1_000, 'a'));
      response.writeHead(200, { 'content-encoding': encoding }).end(packed);
    };
    expect((await sut.fetch(local('/'))).body.toString()).toBe('a'.repeat(1_000));
    await expect(sut.fetch(local('/bomb'), { maxBytes: 1_000_000 })).rejects.toThrow(AnswerTooLargeError);
  });

  it.each([
    ['an encoding nobody asked for', 'zstd', Buffer.from('x')],
    ['two encodings', 'gzip, gzip', gzipSync(gzipSync('x'))],
    ['what is no gzip', 'gzip', Buffer.from('no gzip')],
    ['cut gzip', 'gzip', gzipSync('x'.repeat(1_000)).subarray(0, 20)],
    ['what is no brotli', 'br', Buffer.from('no brotli!')],
  ])('should refuse %s', async (_kind, encoding, body) => {
    answer = (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body);
    await expect(sut.fetch(local())).rejects.toThrow(BadAnswerError);
  });

  it('should give up a body that drips, at the end of the time for everything', async () => {
    answer = (_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const start = performance.now();
    await expect(sut.fetch(local(), { timeoutMs: 300 })).rejects.toThrow(EgressTimeoutError);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('should count the time of redirects together', async () => {
    answer = (_request, response) => {
      setTimeout(() => response.writeHead(302, { location: '/again' }).end(), 150);
    };
    await expect(sut.fetch(local(), { timeoutMs: 250 })).rejects.toThrow(EgressTimeoutError);
  });

  it('should end with the reason of the signal', async () => {
    answer = () => undefined;
    const stop = new AbortController();
    const call = sut.fetch(local(), { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await expect(sut.fetch(local(), { signal: stop.signal })).rejects.toThrow('enough');
  });

  it('should repeat nothing a stranger sends in its errors', async () => {
    answer = (request, response) => {
      if (request.url === '/raw') request.socket.end(`NONSENSE ${SECRET}\r\n\r\n`);
      else response.writeHead(302, { location: `ftp://${SECRET}/` }).end(SECRET);
    };
    for (const path of ['/raw', '/redirect']) {
      const error = await sut.fetch(local(path)).then(
        () => null,
        (thrown: Error & { toWire(): unknown }) => thrown,
      );
      expect(error!.message + JSON.stringify(error!.toWire())).not.toContain(SECRET);
    }
  });

  it('should name the system’s reason when nobody listens', async () => {
    const error = await sut.fetch('http://127.0.0.1:1/').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreachableError);
    expect((error as UnreachableError).details).toEqual({ reason: 'ECONNREFUSED' });
  });

  it('should keep trace ids to itself and ignore proxies of the environment', async () => {
    process.env.HTTP_PROXY = 'http://127.0.0.1:1';
    try {
      await runInContext(newContext(), () => sut.fetch(local()));
    } finally {
      delete process.env.HTTP_PROXY;
    }
    expect(Object.keys(seen[0]!.headers).toSorted()).toEqual(['accept-encoding', 'connection', 'host', 'user-agent']);
  });

  it('should measure each call under a label that users cannot multiply', async () => {
    await sut.fetch(local());
    await sut.fetch(local(), { label: 'known.example' });
    const text = await metricsRegistry.metrics();
    expect(text).toContain('server_address="external"');
    expect(text).toContain('server_address="known.example"');
    expect(text).not.toContain('server_address="127.0.0.1"');
  });

  describe('for sockets', () => {
    it.each([
      'ws://127.0.0.2/',
      'wss://[::1]/',
      'http://example.org/',
      'ws://user@example.org/',
      'ws://169.254.169.254/',
    ])('should refuse %s', (url) => {
      expect(() => sut.webSocketOptions(url)).toThrow();
    });

    it('should let ws connect where it may and nowhere else', async () => {
      const sockets = new WebSocketServer({ server });
      const names = namesOf({ 'good.test': ['127.0.0.1'], 'bad.test': ['127.0.0.9'] });
      const guarded = new Egress({ allow: AllowList.parse('127.0.0.1'), resolve: names.resolve });
      const outcome = (url: string) =>
        new Promise<unknown>((resolve) => {
          const socket = new WebSocket(url, guarded.webSocketOptions(url));
          socket.on('open', () => (socket.terminate(), resolve('open')));
          socket.on('error', resolve);
        });
      expect(await outcome(`ws://good.test:${port}/`)).toBe('open');
      expect(await outcome(`ws://bad.test:${port}/`)).toBeInstanceOf(AddressRefusedError);
      await new Promise((resolve) => sockets.close(resolve));
      await guarded.close();
    });
  });
});
