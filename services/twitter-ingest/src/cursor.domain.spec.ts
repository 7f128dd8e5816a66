import { describe, expect, it } from 'vitest';
import { BadCursorError, decodeCursor, encodeCursor } from './cursor.domain.js';

describe('cursor', () => {
  it('should give back what it was made of', () => {
    for (const position of [
      { at: 0, id: 1 },
      { at: 1_700_000_000_000, id: 'a-b' },
    ]) {
      expect(decodeCursor(encodeCursor(position))).toEqual(position);
    }
  });

  it.each(['', 'x', 'bnVsbA', encodeCursor({ at: 1.5, id: 1 }), Buffer.from('{}').toString('base64url')])(
    'should refuse %j',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(BadCursorError);
    },
  );
});
