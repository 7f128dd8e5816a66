import { describe, expect, it } from 'vitest';
import { languageOf } from './language.domain.js';

describe(languageOf.name, () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7', 'pt'],
    ['PT', 'pt'],
    ['en-GB, pt;q=0.9', 'en'],
    ['pt;q=0.3, en;q=0.8', 'en'],
    ['de, fr;q=0.9', 'en'],
    ['de, pt;q=0.1', 'pt'],
    ['pt;q=0', 'en'],
    ['pt;q=x, en', 'en'],
    ['ptx', 'en'],
    ['*', 'en'],
  ])('should answer %s with %s', (header, expected) => {
    expect(languageOf(header)).toBe(expected);
  });
});
