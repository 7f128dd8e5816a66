import type { z } from 'zod';

/** Adds the rule that a period must not end before it starts. */
export function withOrderedPeriod<T extends z.ZodObject>(schema: T): T {
  return schema.refine(
    (value) => {
      const { from, to } = value as { from?: string; to?: string };
      return from === undefined || to === undefined || Date.parse(from) < Date.parse(to);
    },
    { path: ['to'], error: 'must be later than from' },
  );
}
