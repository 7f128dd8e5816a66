import { describe, expect, it } from 'vitest';
import { proxyTrust } from './proxy-trust.js';

describe(proxyTrust.name, () => {
  it('should believe nothing by default', () => {
    expect(proxyTrust(0, [])).toBe(false);
  });

  it('should believe a number of hops, whatever their addresses', () => {
    const sut = proxyTrust(2, []) as (address: string, hop: number) => boolean;
    expect([0, 1, 2].map((hop) => sut('203.0.113.9', hop))).toEqual([true, true, false]);
  });

  it.each([
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['11.1.2.3', false],
    ['fd00::7', true],
    ['fe80::7', false],
    ['unknown', false],
    ['10.1.2.3:8080', false],
  ])('should take %s for a proxy of its networks: %s', (address, expected) => {
    const sut = proxyTrust(0, ['10.0.0.0/8', 'fd00::/8']) as (address: string, hop: number) => boolean;
    expect(sut(address, 3)).toBe(expected);
  });
});
