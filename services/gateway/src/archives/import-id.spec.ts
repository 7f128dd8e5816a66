import { describe, expect, it } from 'vitest';
import { isUuid } from '#libs/kernel';
import { importIdOf } from './import-id.js';

const KEY = '7d3f0c1e-6a54-4c3e-9d2b-0c8f3e6a1b42';

describe('importIdOf', () => {
  it('should give the same id for the same tenant and key, in any case', () => {
    expect(importIdOf('a', KEY.toUpperCase())).toBe(importIdOf('a', KEY));
  });

  it('should be a UUID version 8', () => {
    const id = importIdOf('a', KEY);
    expect(isUuid(id)).toBe(true);
    expect(id[14]).toBe('8');
  });

  it('should give another tenant another id', () => {
    expect(importIdOf('b', KEY)).not.toBe(importIdOf('a', KEY));
  });
});
