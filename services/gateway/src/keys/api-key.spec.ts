import { describe, expect, it } from 'vitest';
import { digestOf, isSameDigest, keyText, newKey, parseAuthorization } from './api-key.js';

describe('API keys', () => {
  it('should come back from the header they are sent in', () => {
    for (let i = 0; i < 500; i++) {
      const sut = newKey();
      expect(sut.id).toMatch(/^[a-z0-9]{12}$/);
      expect(Buffer.from(sut.secret, 'base64url')).toHaveLength(32);
      expect(parseAuthorization(`Bearer ${keyText(sut)}`)).toEqual(sut);
      expect(parseAuthorization(`bearer  ${keyText(sut)}`)).toEqual(sut);
    }
  });

  it('should never be the same twice', () => {
    const made = Array.from({ length: 1_000 }, newKey);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1_000);
    expect(new Set(made.map(({ secret }) => secret)).size).toBe(1_000);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    `Basic ${keyText(newKey())}`,
    keyText(newKey()),
    `Bearer ${keyText(newKey())}x`,
    `Bearer ${keyText(newKey()).slice(0, -1)}`,
    `Bearer ${keyText(newKey())} ${keyText(newKey())}`,
    `Bearer mir_short_${newKey().secret}`,
    `Bearer ${keyText(newKey())}\n`,
    `Bearer ${'mir_'.repeat(4_000)}`,
  ])('should not be read from %j', (header) => {
    expect(parseAuthorization(header)).toBeUndefined();
  });

  it('should compare whole digests', () => {
    const digest = digestOf('secret');
    expect(isSameDigest(digest, digestOf('secret'))).toBe(true);
    for (let at = 0; at < 32; at++) {
      const other = Buffer.from(digest);
      other[at]! ^= 1;
      expect(isSameDigest(digest, other)).toBe(false);
    }
    expect(isSameDigest(digest, digest.subarray(1))).toBe(false);
  });
});
