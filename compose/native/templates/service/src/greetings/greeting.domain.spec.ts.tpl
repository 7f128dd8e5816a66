import { describe, expect, it } from 'vitest';
import { greetingFor } from './greeting.domain.js';

describe(greetingFor.name, () => {
  it('should greet by name', () => {
    expect(greetingFor('Hello', 'Ada')).toBe('Hello, Ada!');
  });

  it('should tidy the name', () => {
    expect(greetingFor('Olá', ' Ada \t Lovelace ')).toBe('Olá, Ada Lovelace!');
  });
});
