import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { instantSchema, sourceSchema, tagSchema } from '#libs/contracts';
import { withOrderedPeriod } from './period.domain.js';
import { parseInput } from './route-input.domain.js';
import { InvalidRequestError } from './route.errors.js';
import { defineRoute } from './route.js';

const route = defineRoute({
  id: 'example',
  method: 'GET',
  path: '/things/:id',
  area: 'System',
  scope: 'public',
  summary: 'Example',
  params: z.object({ id: z.uuid() }),
  query: withOrderedPeriod(
    z.object({
      tag: tagSchema,
      limit: z.int().min(1).max(100).default(5),
      source: sourceSchema.optional(),
      from: instantSchema.optional(),
      to: instantSchema.optional(),
    }),
  ),
  headers: z.object({ 'idempotency-key': z.uuid().optional() }),
  answer: { status: 200, description: '', contentType: 'application/json' },
  problems: [],
});

const ID = '019a3f0e-6a54-7c3e-9d2b-0c8f3e6a1b42';

function parse(query: Record<string, unknown>, extra: { id?: string; headers?: Record<string, string> } = {}) {
  return parseInput(route, { params: { id: extra.id ?? ID }, query, queryText: '', headers: extra.headers ?? {} });
}

function errorsOf(query: Record<string, unknown>, extra?: Parameters<typeof parse>[1]): unknown {
  try {
    parse(query, extra);
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.details?.['errors'];
    throw error;
  }
  return [];
}

describe('parseInput', () => {
  it('should turn text into numbers, fold the tag and fill in defaults', () => {
    expect(parse({ tag: '#Fog', limit: '7' }).query).toEqual({ tag: 'fog', limit: 7 });
    expect(parse({ tag: 'fog' }).query.limit).toBe(5);
  });

  it.each(['abc', '', ' 1', '1.5', '0', '101', '1e1', '0x10', 'Infinity', '99999999999999999999'])(
    'should refuse limit=%j and say what is allowed',
    (limit) => {
      const allowed = 'an integer from 1 to 100';
      expect(errorsOf({ tag: 'fog', limit })).toEqual([
        { where: 'query.limit', message: `must be ${allowed}`, allowed },
      ]);
    },
  );

  it('should name every bad field at once', () => {
    expect(errorsOf({ source: 'myspace', nope: '1', from: 'today' }, { id: 'x' })).toMatchObject([
      { where: 'query.nope', message: 'unknown parameter', allowed: 'tag, limit, source, from, to' },
      { where: 'path.id' },
      { where: 'query.tag', message: 'required' },
      { where: 'query.source', allowed: 'one of: x, mastodon, bluesky, x-simulator' },
      { where: 'query.from' },
    ]);
  });

  it('should refuse a parameter that is given twice, with one message', () => {
    expect(errorsOf({ tag: ['a', 'b'] })).toEqual([
      { where: 'query.tag', message: 'given more than once', allowed: 'one value' },
    ]);
  });

  it('should refuse a period that ends before it starts, comparing instants and not texts', () => {
    const from = '2026-01-01T00:00:00+02:00';
    expect(errorsOf({ tag: 'fog', from, to: '2025-12-31T22:00:00Z' })).toEqual([
      { where: 'query.to', message: 'must be later than from' },
    ]);
    expect(errorsOf({ tag: 'fog', from, to: '2025-12-31T22:00:01Z' })).toEqual([]);
  });

  it('should read declared headers only', () => {
    expect(parse({ tag: 'fog' }, { headers: { 'idempotency-key': ID, host: 'x' } }).headers).toEqual({
      'idempotency-key': ID,
    });
    expect(errorsOf({ tag: 'fog' }, { headers: { 'idempotency-key': '1' } })).toMatchObject([
      { where: 'header.idempotency-key' },
    ]);
  });

  it('should not be fooled by names that every object has', () => {
    const query = Object.assign(Object.create(null), { tag: 'fog', __proto__: 'x' }) as Record<string, unknown>;
    expect(errorsOf({ ...query, ['constructor']: 'x' })).toMatchObject([{ where: 'query.constructor' }]);
  });

  it('should name a bounded number of bad fields', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`p${n}`, 'x']));
    expect(errorsOf({ tag: 'fog', ...many })).toHaveLength(20);
  });
});
