import { describe, expect, it } from 'vitest';
import { isNewer } from './post-version.domain.js';

const x = (extId: string, version: string) => ({ source: 'x' as const, extId, version });
const toot = (version: string) => ({ source: 'mastodon' as const, extId: 'u', version });

describe('isNewer', () => {
  it.each([
    ['a later post of an edit chain', x('1000', '1000'), x('999', '1000')],
    ['a longer edit chain', x('999', '1000'), x('999', '999')],
    ['a known chain over an unknown one', x('999', '999'), x('999', '')],
    ['a later edit', toot('2026-07-05T00:00:00.000Z'), toot('2026-07-04T23:59:59.999Z')],
    ['an edit over the first version', toot('2026-07-05T00:00:00.000Z'), toot('')],
  ])('should prefer %s', (_name, newer, older) => {
    expect(isNewer(newer, older)).toBe(true);
    expect(isNewer(older, newer)).toBe(false);
    expect(isNewer(newer, newer)).toBe(false);
  });
});
