import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePages, toJsonl } from '../harness/archive-factory.js';
import { bearer, createKey } from '../harness/keys.js';
import { startStack, type Stack } from '../harness/stack.js';
import { TaskClient } from '../harness/task-client.js';
import { startXSimulator, X_BEARER, type XSimulator } from '../simulators/index.js';

type Method = 'get' | 'post' | 'patch' | 'delete' | 'put';

interface Operation {
  operationId: string;
  security: Record<string, string[]>[];
  parameters?: { in: string; name: string; example?: unknown }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
}

interface Owned {
  path: string;
  /** The path up to the id, such as `/api/v1/archives`. */
  collection: string;
  method: Method;
  operation: Operation;
}

const ABSENT = '019a3f0e-6a54-7c3e-9d2b-0c8f3e6a1b42';

describe('a second tenant', () => {
  let stack: Stack;
  let x: XSimulator;
  let owner: string;
  let other: string;
  let owned: Owned[];
  const ids = new Map<string, string>();

  /** How a tenant comes to have something under each collection. A new route with an id needs an entry. */
  const MAKERS: Record<string, () => Promise<string>> = {
    '/api/v1/archives': async () => {
      const pages = samplePages({ seed: 1, posts: 3, authors: 2, perPage: 3, tag: 'own', from: '2026-01-01', days: 1 });
      return idOf(
        await fetch(`${stack.baseUrl}/api/v1/archives?tag=own`, {
          method: 'POST',
          headers: { ...bearer(owner), 'content-type': 'application/x-ndjson' },
          body: toJsonl(pages),
        }),
      );
    },
    '/api/v1/captures': async () =>
      idOf(
        await fetch(`${stack.baseUrl}/api/v1/captures`, {
          method: 'POST',
          headers: { ...bearer(owner), 'content-type': 'application/json' },
          body: JSON.stringify({ tag: 'own', sources: ['x'], mode: 'follow' }),
        }),
      ),
    '/api/v1/tasks': makeSum,
    '/sum-even': makeSum,
    '/randomize': async () => {
      const image = await sharp(randomBytes(48), { raw: { width: 4, height: 4, channels: 3 } })
        .png()
        .toBuffer();
      const client = new TaskClient(stack.baseUrl, owner);
      const { token } = await client.submit('/randomize', new Uint8Array(image), { 'content-type': 'image/png' });
      await client.ended(token);
      return token;
    },
    '/api/v1/uploads': async () => {
      const headers = { ...bearer(owner), 'tus-resumable': '1.0.0', 'upload-length': '5' };
      const answer = await fetch(`${stack.baseUrl}/api/v1/uploads`, { method: 'POST', headers });
      return answer.headers.get('location')!.split('/').at(-1)!;
    },
    '/api/v1/webhooks': async () =>
      idOf(
        await fetch(`${stack.baseUrl}/api/v1/webhooks`, {
          method: 'POST',
          headers: { ...bearer(owner), 'content-type': 'application/json' },
          body: JSON.stringify({ url: 'https://example.org/' }),
        }),
      ),
  };

  async function makeSum(): Promise<string> {
    const client = new TaskClient(stack.baseUrl, owner);
    const { token } = await client.submit('/sum-even', '2 4', { 'content-type': 'text/plain' });
    await client.ended(token);
    return token;
  }

  async function idOf(answer: Response): Promise<string> {
    const text = await answer.text();
    expect([answer.ok, text]).toEqual([true, text]);
    return (JSON.parse(text) as { id: string }).id;
  }

  async function call({ path, method, operation }: Owned, id: string, key: string) {
    const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
    const examples = Object.fromEntries(
      (operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'header' && parameter.example !== undefined)
        .map(({ name, example }) => [name, String(example)]),
    );
    const answer = await fetch(`${stack.baseUrl}${path.replace(/\{[a-z]+\}/, id)}`, {
      method: method.toUpperCase(),
      headers: { ...examples, ...bearer(key), ...(type && { 'content-type': type }) },
      ...(media?.example !== undefined && { body: JSON.stringify(media.example) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, code: answer.ok ? null : (JSON.parse(text) as { code: string }).code };
  }

  beforeAll(async () => {
    x = await startXSimulator();
    stack = await startStack({
      env: {
        MIRANTE_X_API_BASE_URL: x.url,
        MIRANTE_X_BEARER_TOKEN: X_BEARER,
        MIRANTE_X_SIMULATED: 'true',
        MIRANTE_EGRESS_ALLOW: '127.0.0.0/8',
      },
    });
    [owner, other] = [await createKey(stack, 'acme', 'all'), await createKey(stack, 'globex', 'all')];
    const document = (await (await fetch(`${stack.baseUrl}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<Method, Operation>>;
    };
    owned = Object.entries(document.paths)
      .filter(([path]) => path.includes('{'))
      .flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, operation]) => ({
          path,
          collection: path.slice(0, path.indexOf('/{')),
          method: method as Method,
          operation,
        })),
      )
      .filter(({ operation }) => operation.security.length > 0)
      // Traces are the operator's, of all tenants.
      .filter(({ operation }) => !operation.security.some(({ key }) => key?.includes('ops:view')));
    for (const { collection, operation } of owned) {
      const make = MAKERS[collection];
      if (!make) throw new Error(`${operation.operationId} has an id, but no case here makes one: add it to MAKERS`);
      if (!ids.has(collection)) ids.set(collection, await make());
    }
  });

  afterAll(async () => {
    await stack?.close();
    await x?.close();
  });

  it('should find nothing of the first, in the words it finds nothing at all', async () => {
    expect(owned.length).toBeGreaterThan(0);
    for (const route of owned) {
      const theirs = await call(route, ids.get(route.collection)!, other);
      const absent = route.path.includes('{token}') ? ABSENT.replaceAll('-', '') : ABSENT;
      const nobodys = await call(route, absent, other);
      expect([route.operation.operationId, theirs.status]).toEqual([route.operation.operationId, 404]);
      expect([route.operation.operationId, theirs.code]).toEqual([route.operation.operationId, nobodys.code]);
    }
  });

  it('should have changed nothing of the first', async () => {
    const reads = owned.filter(({ method, path }) => method === 'get' && !path.endsWith('/events'));
    expect([...new Set(reads.map(({ collection }) => collection))].toSorted()).toEqual([...ids.keys()].toSorted());
    for (const route of reads) {
      const own = await call(route, ids.get(route.collection)!, owner);
      expect([route.operation.operationId, own.status]).toEqual([route.operation.operationId, 200]);
    }
  });

  it('should list only what is its own', async () => {
    const lists = [...ids].filter(([collection]) => collection.startsWith('/api/'));
    for (const [collection, id] of lists) {
      const list = async (key: string) => (await fetch(stack.baseUrl + collection, { headers: bearer(key) })).text();
      expect(await list(owner)).toContain(id);
      expect(JSON.parse(await list(other))).toMatchObject({ items: [] });
      expect(await (await fetch(stack.baseUrl + collection)).text()).not.toContain(id);
    }
  });

  it('should start an import of its own under an idempotency key the first has used', async () => {
    const upload = async (key: string) => {
      const answer = await fetch(`${stack.baseUrl}/api/v1/archives?tag=own`, {
        method: 'POST',
        headers: { ...bearer(key), 'content-type': 'application/x-ndjson', 'idempotency-key': ABSENT },
        body: '{"data":[]}\n',
      });
      return idOf(answer);
    };
    const [first, second, again] = [await upload(owner), await upload(other), await upload(owner)];
    expect(second).not.toBe(first);
    expect(again).toBe(first);
  });
});
