import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verbOf } from '../src/docs/openapi.domain.js';
import type { OpenApiDocument } from '../src/docs/openapi.types.js';
import { RouteCatalogue } from '../src/routes/route-catalogue.js';
import { openApiPath } from '../src/routes/route-path.domain.js';
import { SCOPES, type RouteDeclaration } from '../src/routes/route.js';
import { startGateway, type GatewayApp } from './gateway-app.js';

interface PostmanItem {
  item?: PostmanItem[];
  request?: { method: string; url: { path: string[] } };
}

const COLLECTION = new URL('../../../postman/mirante.postman_collection.json', import.meta.url);

function postmanRequests(items: PostmanItem[]): string[] {
  return items.flatMap(({ item, request: asked }) =>
    item ? postmanRequests(item) : asked ? [`${asked.method} /${asked.url.path.join('/')}`] : [],
  );
}

function fitsTemplate(template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/:[a-z]+/g, '[^/]+')}$`).test(path);
}

/** Nothing undocumented may be in an answer, though a client must bear it. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
}

describe('catalogue of routes', () => {
  let sut: GatewayApp;
  let routes: readonly RouteDeclaration[];
  let document: OpenApiDocument;

  beforeAll(async () => {
    sut = await startGateway();
    routes = sut.app.get(RouteCatalogue).routes;
    document = (await request(sut.url).get('/api/openapi.json').expect(200)).body as OpenApiDocument;
  });

  afterAll(() => sut.close());

  it('should declare every route the running application answers', () => {
    const declared = routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(sut.registered.filter((route) => !route.startsWith('HEAD ')))).toEqual(new Set(declared));
    expect(new Set(declared).size).toBe(declared.length);
    expect(routes.length).toBeGreaterThanOrEqual(17);
  });

  it('should give every route a scope', () => {
    for (const { id, scope } of routes) expect([id, SCOPES.includes(scope)]).toEqual([id, true]);
    const open = routes.filter(({ scope }) => scope === 'public').map(({ path }) => path);
    expect(open).toEqual([
      '/visits.js',
      '/version',
      '/ops',
      '/ops/traces/:trace',
      '/ops/runbooks',
      '/ops/runbooks/:name',
      '/ops/dashboards/:uid',
      '/',
      '/assets/:name',
      '/api/docs',
      '/api/openapi.json',
    ]);
  });

  it('should have every route in the OpenAPI document', () => {
    const missing = routes.filter((route) => !document.paths[openApiPath(route.path)]?.[verbOf(route)]);
    expect(missing).toEqual([]);
  });

  it('should have every route in the Postman collection', () => {
    const { item } = JSON.parse(readFileSync(COLLECTION, 'utf8')) as { item: PostmanItem[] };
    const asked = postmanRequests(item);
    // Newman would wait for the end of a stream of events.
    const finite = routes.filter(({ answer }) => answer.contentType !== 'text/event-stream');
    const missing = finite.filter(
      ({ method, path }) => !asked.some((line) => fitsTemplate(`${method} ${path}`, line.split('?', 1)[0]!)),
    );
    expect(missing.map(({ path }) => path)).toEqual([]);
  });

  it('should answer what the document says, on every route', async () => {
    const upload = await request(sut.url).post('/api/v1/archives?tag=lookout').type('application/x-ndjson').send('{}');
    const image = await request(sut.url).post('/randomize').type('image/png').send(Buffer.from('an image'));
    const numbers = await request(sut.url).post('/sum-even').type('text/plain').send('2 4');
    const tus = { 'tus-resumable': '1.0.0' };
    const begun = await request(sut.url)
      .post('/api/v1/uploads')
      .set({ ...tus, 'upload-length': '5' });
    const piece = await request(sut.url)
      .patch(begun.headers['location']!)
      .set({ ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' })
      .send('1\n2\n4');
    const sent: Record<string, typeof upload> = {
      importArchive: upload,
      randomize: image,
      randomizePut: await request(sut.url).put('/randomize').type('image/png').send(Buffer.from('x')),
      sumEven: numbers,
      sumEvenPut: await request(sut.url).put('/sum-even').type('text/plain').send('2'),
      appendUpload: piece,
    };
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ $id: 'openapi', ...(strict({ components: document.components }) as object) });
    const checked: string[] = [];
    const ids: Record<string, string> = {
      Archives: (upload.body as { id: string }).id,
      Uploads: begun.headers['location']!.split('/').at(-1)!,
    };
    const reader = sut.keys.add({ scopes: 'feedback:read' });
    for (const route of routes) {
      // It never ends; its own test reads it.
      if (route.answer.contentType === 'text/event-stream') continue;
      const operation = document.paths[openApiPath(route.path)]![verbOf(route)]!;
      const { token } = (route.path.startsWith('/sum-even') ? numbers : image).body as { token: string };
      const values = { ...route.examples, id: ids[route.area]!, token };
      const path = route.path.replace(/:([a-z]+)/g, (_, name: 'id') => values[name]);
      const query = Object.fromEntries(
        Object.entries(route.examples ?? {}).filter(([name]) => route.query?.shape[name]),
      );
      const headers = Object.fromEntries(
        Object.entries(route.examples ?? {}).filter(([name]) => route.headers?.shape[name]),
      );
      const answer = route.body
        ? sent[route.id]!
        : await request(sut.url)
            [verbOf(route)](path)
            .query(query)
            .set(headers)
            .set(route.scope === 'feedback:read' ? { authorization: `Bearer ${reader}` } : {})
            .send(route.json?.example as object | undefined);
      if (route.json && route.answer.status === 201) ids[route.area] = (answer.body as { id: string }).id;
      expect([route.id, answer.status]).toEqual([route.id, route.answer.status]);
      const documented = operation.responses[route.answer.status]!;
      const [type, media] = 'content' in documented ? Object.entries(documented.content!)[0]! : [];
      if (type === undefined) expect([route.id, answer.text]).toEqual([route.id, '']);
      else if (route.id !== 'asset') expect(answer.headers['content-type']).toContain(type);
      if (!media?.schema || route.id === 'openApi') continue;
      const schema = JSON.parse(JSON.stringify(strict(media.schema)).replaceAll('"#/', '"openapi#/')) as object;
      ajv.validate(schema, answer.body);
      expect([route.id, ajv.errors]).toEqual([route.id, null]);
      checked.push(route.id);
    }
    // Pages, files and answers without a body have no schema.
    expect(checked).toHaveLength(routes.filter(({ answer }) => answer.schema).length - 1);
  });
});
