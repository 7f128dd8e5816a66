import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { anonymousCaller } from '../access/caller.js';
import * as analytics from '../analytics/analytics.routes.js';
import * as archives from '../archives/archives.routes.js';
import * as captures from '../captures/captures.routes.js';
import { exportCooccurringTagsRoute, exportPostsRoute } from '../exports/exports.routes.js';
import * as pages from '../pages/pages.routes.js';
import { listPostsRoute } from '../posts/posts.routes.js';
import { checkJson } from '../routes/json-fields.domain.js';
import { parseInput } from '../routes/route-input.domain.js';
import type { RouteDeclaration } from '../routes/route.js';
import { getSystemRoute, getVersionRoute } from '../system/system.routes.js';
import * as visits from '../visits/visits.routes.js';
import { docsPageOf } from './docs-page.js';
import { openApiOf } from './openapi.domain.js';

const routes: RouteDeclaration[] = [
  ...Object.values(captures),
  archives.importArchiveRoute,
  archives.listArchivesRoute,
  archives.getArchiveRoute,
  listPostsRoute,
  exportPostsRoute,
  exportCooccurringTagsRoute,
  ...Object.values(analytics),
  ...Object.values(visits),
  getSystemRoute,
  getVersionRoute,
  ...Object.values(pages).filter((value): value is typeof pages.homePageRoute => 'path' in value),
] as RouteDeclaration[];

describe('openApiOf', () => {
  const sut = openApiOf(routes, '1.2.3', anonymousCaller('read').scopes);

  it('should be a valid OpenAPI 3.1 document', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(sut) as never);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(sut.openapi).toBe('3.1.0');
  });

  it('should hold every route once, with an id of its own', () => {
    const operations = Object.values(sut.paths).flatMap((path) => Object.values(path));
    expect(operations).toHaveLength(routes.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });

  it('should refer only to what it contains', () => {
    const refs = JSON.stringify(sut).match(/"#\/[^"]+"/g) ?? [];
    expect(refs.length).toBeGreaterThan(20);
    for (const ref of new Set(refs)) {
      const found = ref
        .slice(3, -1)
        .split('/')
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], sut);
      expect(found === undefined ? ref : undefined).toBeUndefined();
    }
  });

  it('should describe parameters with their range, default and meaning', () => {
    expect(sut.paths['/api/v1/analytics/top-users']!.get!.parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      required: false,
      description: 'how many rows to answer at most',
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 5 },
      example: 5,
    });
    expect(sut.paths['/api/v1/archives/{id}']!.get!.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
    ]);
  });

  it('should ask for a key with the scope of the route, or for none', () => {
    expect(sut.paths['/api/v1/archives']!.post!.security).toEqual([{ key: ['archives:write'] }]);
    expect(sut.paths['/api/v1/archives']!.get!.security).toEqual([{}, { key: ['archives:read'] }]);
    expect(sut.paths['/version']!.get!.security).toEqual([]);
    expect(Object.keys(sut.paths['/version']!.get!.responses)).not.toContain('403');
    expect(sut.paths['/api/v1/archives']!.post!.responses['403']).toEqual({ $ref: '#/components/responses/Forbidden' });
    expect(sut.components.securitySchemes['key']).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  it.each(routes.map((route) => [route.id, route] as const))('should show working examples for %s', (_, route) => {
    const pick = (shape: object = {}) =>
      Object.fromEntries(Object.entries(route.examples ?? {}).filter(([name]) => name in shape));
    const input = { params: pick(route.params?.shape), query: pick(route.query?.shape), queryText: '', headers: {} };
    expect(() => parseInput(route, input)).not.toThrow();
    if (route.json) expect(checkJson(route.json.schema, route.json.example)).toHaveProperty('data');
    if (route.answer.schema) route.answer.schema.parse(route.answer.example);
    if (route.answer.contentType === 'application/json') expect(route.answer.schema).toBeDefined();
  });
});

describe('docsPageOf', () => {
  it('should show every route and escape what it shows', () => {
    const hostile = { ...getVersionRoute, id: 'hostile', summary: '<img src=x onerror=alert(1)>' } as RouteDeclaration;
    const all = [...routes.filter(({ id }) => id !== getVersionRoute.id), hostile];
    const page = docsPageOf(openApiOf(all, '1.2.3', new Set()), all);

    for (const { id } of all) expect(page).toContain(`id="${id}"`);
    expect(page).not.toContain('<img src=x');
    expect(page).not.toContain('[object Object]');
    expect(page).not.toContain('undefined');
  });
});
