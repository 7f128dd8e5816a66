import { describe, expect, it } from 'vitest';
import { loggableAddress as sut } from './client-address.js';

describe('loggableAddress', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0'],
    ['::ffff:203.0.113.77', '203.0.113.0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
    ['2001:db8::6', '2001:db8::'],
    ['::1', '::'],
    ['fe80::1', 'fe80::'],
  ])('should hide the person behind %s', (ip, expected) => {
    expect(sut(ip, 'truncated')).toBe(expected);
  });

  it('should show all or nothing when told so', () => {
    expect(sut('203.0.113.77', 'full')).toBe('203.0.113.77');
    expect(sut('203.0.113.77', 'none')).toBeUndefined();
  });
});
