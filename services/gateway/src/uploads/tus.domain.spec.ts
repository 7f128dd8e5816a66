import { describe, expect, it } from 'vitest';
import { isPieceType, parseMetadata as sut } from './tus.domain.js';

describe('parseMetadata', () => {
  it.each([
    ['', {}],
    [
      'filename d29ybGQgZG9taW5hdGlvbi50eHQ=,is_confidential',
      { filename: 'world domination.txt', is_confidential: '' },
    ],
    ['name w6k=', { name: 'é' }],
    ['a YQ==, b Yg==', { a: 'a', b: 'b' }],
    ['__proto__ YQ==', Object.fromEntries([['__proto__', 'a']])],
  ])('should read %j', (header, expected) => {
    expect(sut(header)).toEqual(expected);
  });

  it.each(['a b c', ',', 'a YQ==,a Yg==', 'a !', 'a YQ==,'])('should refuse %j', (header) => {
    expect(sut(header)).toBeUndefined();
  });
});

describe('isPieceType', () => {
  it('should know the type of a piece only', () => {
    expect(isPieceType('Application/Offset+Octet-Stream; x=1')).toBe(true);
    expect(isPieceType('application/octet-stream')).toBe(false);
    expect(isPieceType(undefined)).toBe(false);
  });
});
