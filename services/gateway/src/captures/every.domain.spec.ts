import { describe, expect, it } from 'vitest';
import { everySchema } from './every.domain.js';

describe('everySchema', () => {
  it.each([
    [10, 10],
    ['10s', 10],
    ['30s', 30],
    ['15m', 900],
    ['1h', 3_600],
    ['24h', 86_400],
    ['1d', 86_400],
    [86_400, 86_400],
  ])('should read %j as %i seconds', (given, seconds) => {
    expect(everySchema.parse(given)).toBe(seconds);
  });

  it.each([9, 86_401, 10.5, -60, '9s', '2d', '25h', '0s', '1w', '15 m', '15', '', 'm', '1.5h', '015s', null, true, {}])(
    'should refuse %j and say what is allowed',
    (given) => {
      const { error } = everySchema.safeParse(given);
      expect(error?.issues).toMatchObject([{ message: expect.stringMatching(/^must be seconds from 10 to 86400/) }]);
    },
  );
});
