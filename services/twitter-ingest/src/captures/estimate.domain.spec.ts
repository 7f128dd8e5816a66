import { describe, expect, it } from 'vitest';
import type { CaptureEstimate } from '#libs/contracts';
import { addEstimates } from './estimate.domain.js';

const free: CaptureEstimate = { posts: null, worst_case_usd: 0, per_day_usd: 0, note: null };

describe(addEstimates.name, () => {
  it('should add what is known, to the millionth', () => {
    const x = { posts: 3, worst_case_usd: 0.1, per_day_usd: 0.000001, note: 'worst case' };
    expect(addEstimates(new Map([['x', x], ['y', { ...x, worst_case_usd: 0.2 }], ['mastodon', free]]))).toEqual({
      posts: 6,
      worst_case_usd: 0.3,
      per_day_usd: 0.000002,
      note: 'x: worst case; y: worst case',
    }); // prettier-ignore
  });

  it('should not tell a price of which a part is unknown', () => {
    const unknown = { ...free, worst_case_usd: null };
    expect(addEstimates(new Map([['x', unknown], ['mastodon', free]]))).toMatchObject({ worst_case_usd: null, per_day_usd: 0, posts: null, note: null }); // prettier-ignore
  });
});
