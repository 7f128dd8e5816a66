import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent } from '#libs/contracts';
import { handlerProblems, prefetchFor } from './event-handlers.js';

const contract = defineEvent({ name: 'a.b.c.v1', payload: z.object({}) });
const base = { contract, where: 'X.y', timeoutMs: 1, run: () => undefined };

describe('prefetchFor', () => {
  it('should keep every handler busy and one batch gathering', () => {
    expect(prefetchFor([{ ...base, kind: 'single', concurrency: 10 }])).toBe(10);
    expect(prefetchFor([{ ...base, kind: 'batch', maxItems: 100, maxWaitMs: 5 }])).toBe(200);
    expect(
      prefetchFor([
        { ...base, kind: 'single', concurrency: 10 },
        { ...base, kind: 'batch', maxItems: 100, maxWaitMs: 5 },
      ]),
    ).toBe(210);
  });

  it('should stay within what the protocol can say', () => {
    expect(prefetchFor([{ ...base, kind: 'batch', maxItems: 50_000, maxWaitMs: 5 }])).toBe(65_535);
  });
});

describe('handlerProblems', () => {
  it('should accept exactly one handler for each contract', () => {
    expect(handlerProblems([{ name: 'a' }, { name: 'a' }], [{ name: 'a', where: 'A.a' }])).toEqual([]);
  });

  it('should name everything that is wrong', () => {
    const found = [
      { name: 'a', where: 'A.one' },
      { name: 'a', where: 'A.two' },
      { name: 'x', where: 'A.x' },
    ];
    expect(handlerProblems([{ name: 'a' }, { name: 'b' }], found)).toEqual([
      'A.x handles x, which the module does not declare',
      'a has 2 handlers: A.one, A.two',
      'nothing handles b',
    ]);
  });
});
