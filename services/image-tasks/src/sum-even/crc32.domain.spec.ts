import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32Share } from './crc32.domain.js';

const text = Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * index * 31) % 251));

describe('crc32Share', () => {
  it.each([1, 2, 3, 7, 64, 255, 1_000, 1_999, 2_000])(
    'should give the checksum of a text from those of its parts of %i bytes, in any order',
    (size) => {
      const shares = [];
      for (let start = 0; start < text.length; start += size) {
        const part = text.subarray(start, start + size);
        shares.push(crc32Share(crc32(part), text.length - start - part.length));
      }

      expect(shares.toReversed().reduce((a, b) => a ^ b) >>> 0).toBe(crc32(text));
    },
  );

  it('should reach over more bytes than 32 bits count', () => {
    // Of a part followed by NUL bytes: two steps are one step of the sum.
    const part = crc32(text);

    expect(crc32Share(crc32Share(part, 3_000_000_000), 2_000_000_000)).toBe(crc32Share(part, 5_000_000_000));
    expect(crc32Share(part, 5_000_000_000)).not.toBe(crc32Share(part, 5_000_000_000 % 2 ** 32));
  });
});
