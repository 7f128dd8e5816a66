import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkJson } from './json-fields.domain.js';

const schema = z.object({
  name: z.string().min(1).max(10),
  kinds: z
    .array(z.enum(['a', 'b']))
    .min(1)
    .max(3)
    .default(['a']),
  on: z.boolean().optional(),
  price: z.number().min(0).max(5).nullable().optional(),
  inner: z.object({ count: z.int().min(0).max(9) }).optional(),
  every: z
    .string()
    .regex(/^\d+s$/, { error: 'a text such as "30s"' })
    .optional(),
});

function errorsOf(value: unknown) {
  const checked = checkJson(schema, value);
  return 'errors' in checked ? checked.errors : [];
}

describe('checkJson', () => {
  it('should give the checked value with its defaults', () => {
    expect(checkJson(schema, { name: 'x', price: null })).toEqual({ data: { name: 'x', kinds: ['a'], price: null } });
  });

  it('should name every bad field at once, and what is allowed', () => {
    const value = { kinds: ['a', 'z'], on: 'yes', price: 6, inner: { count: 1, more: 1 }, nope: 1, every: '1x' };
    expect(errorsOf(value)).toEqual([
      { where: 'body.inner.more', message: 'unknown field', allowed: 'count' },
      { where: 'body.nope', message: 'unknown field', allowed: 'name, kinds, on, price, inner, every' },
      { where: 'body.name', message: 'required', allowed: 'text of 1 to 10 characters' },
      { where: 'body.kinds[1]', message: 'must be one of: a, b', allowed: 'one of: a, b' },
      { where: 'body.on', message: 'must be true or false', allowed: 'true or false' },
      { where: 'body.price', message: 'must be a number from 0 to 5', allowed: 'a number from 0 to 5' },
      { where: 'body.every', message: 'a text such as "30s"' },
    ]);
  });

  it('should say what a list may hold', () => {
    const allowed = 'a list of 1 to 3, each one of: a, b';
    expect(errorsOf({ name: 'x', kinds: [] })).toEqual([
      { where: 'body.kinds', message: `must be ${allowed}`, allowed },
    ]);
    expect(errorsOf({ name: 'x', kinds: 'a' })).toMatchObject([{ where: 'body.kinds', allowed }]);
  });

  it('should not turn text into numbers, as a query does', () => {
    expect(errorsOf({ name: 'x', inner: { count: '1' } })).toMatchObject([{ where: 'body.inner.count' }]);
  });

  it.each([null, 1, 'x', [], true])('should refuse %j where an object is wanted', (value) => {
    expect(errorsOf(value)).toMatchObject([{ where: 'body', message: 'must be a JSON object' }]);
  });

  it('should not be fooled by names that every object has', () => {
    expect(errorsOf({ name: 'x', constructor: 1, toString: 2 })).toMatchObject([
      { where: 'body.constructor', message: 'unknown field' },
      { where: 'body.toString', message: 'unknown field' },
    ]);
  });
});
