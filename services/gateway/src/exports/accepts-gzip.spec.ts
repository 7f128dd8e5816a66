import { describe, expect, it } from 'vitest';
import { acceptsGzip } from './accepts-gzip.domain.js';

describe('acceptsGzip', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZIP', true],
    ['br, deflate', false],
    ['br;q=1.0, gzip;q=0.8, *;q=0.1', true],
    ['gzip;q=0', false],
    ['gzip; q = 0.000', false],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['identity', false],
    ['gzip;q=x', false],
  ])('should read %j as %s', (header, accepted) => {
    expect(acceptsGzip(header)).toBe(accepted);
  });
});
