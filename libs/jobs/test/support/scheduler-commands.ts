import fc from 'fast-check';
import type { JobClass } from '../../src/job.types.js';

const tenant = fc.integer({ min: 0, max: 3 });
const jobClass = fc.constantFrom<JobClass>('short', 'long');
/** Which of the claims or jobs that there are, by its share of the list. */
const pick = fc.double({ min: 0, max: 0.999, noNaN: true });
const cost = fc.double({ min: 0.001, max: 3, noNaN: true });

/** What can happen to a scheduler, in any order. */
export const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('submit' as const), tenant, jobClass, slices: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('claim' as const) }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('complete' as const), pick, cost }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('fail' as const), pick, cost }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('promote' as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('lose' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cancel' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('share' as const), tenant, jobClass, weight: fc.constantFrom(0.5, 1, 2, 4), cap: fc.integer({ min: 1, max: 5 }) }) },
); // prettier-ignore

export type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;
