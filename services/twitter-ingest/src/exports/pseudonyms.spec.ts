import { describe, expect, it } from 'vitest';
import { roughly, withoutMentions } from './pseudonyms.js';

describe('withoutMentions', () => {
  it.each([
    ['hi @ana', 'hi @…'],
    ['@ana: @bo@social.example!', '@…: @…!'],
    ['(@alice.bsky.social)', '(@…)'],
    ['end @ana. Next', 'end @…. Next'],
    ['＠日本 と @são_1', '@… と @…'],
    ['mail me at ana@example.com', 'mail me at ana@example.com'],
    ['a @ b, @@ and @', 'a @ b, @@ and @'],
  ])('should make %j %j', (text, expected) => {
    expect(withoutMentions(text)).toBe(expected);
  });

  it('should take time in proportion to the text', () => {
    const startedAt = performance.now();
    withoutMentions(`${'@a.'.repeat(50_000)}${'@'.repeat(50_000)}${'@a@'.repeat(50_000)}`);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('roughly', () => {
  it.each([
    [null, null],
    [0, 0],
    [7, 7],
    [123_456, 120_000],
    [995, 1_000],
  ])('should round %j to %j', (exact, rounded) => {
    expect(roughly(exact)).toBe(rounded);
  });
});
