import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.domain.js';
import { BadCursorError } from './feedback.errors.js';

describe('cursor', () => {
  it('should come back as it was', () => {
    const id = '0198c5a0-1d2e-7000-8000-000000000001';
    expect(decodeCursor(encodeCursor({ createdAt: new Date(1_800_000_000_123), id }))).toEqual({
      at: new Date(1_800_000_000_123),
      id,
    });
  });

  it.each([
    '',
    'x',
    'bnVsbA',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('[1e99,"a"]').toString('base64url'),
  ])('should refuse %j', (cursor) => {
    expect(() => decodeCursor(cursor)).toThrow(BadCursorError);
  });
});
