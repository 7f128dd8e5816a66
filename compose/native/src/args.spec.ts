import { describe, expect, it } from 'vitest';
import { parseCommand as sut, UsageError } from './args.js';

describe('parseCommand', () => {
  it.each([
    [['up'], { name: 'up', workers: 1 }],
    [['up', '--workers', '3'], { name: 'up', workers: 3 }],
    [['down'], { name: 'down', purge: false, yes: false }],
    [['down', '--purge', '--yes'], { name: 'down', purge: true, yes: true }],
    [['status', '--json'], { name: 'status', json: true }],
    [['dev', 'gateway'], { name: 'dev', service: 'gateway' }],
    [['new:service', 'photo-albums'], { name: 'new:service', args: ['photo-albums'] }],
    [['parking', 'list', '--queue', 'x'], { name: 'parking', args: ['list', '--queue', 'x'] }],
  ])('should understand %j', (argv, expected) => {
    expect(sut(argv)).toEqual(expected);
  });

  it('should understand the options of logs in any order', () => {
    expect(sut(['logs', '-f', 'analytics', '--level', 'warn', '-n', '5', '--trace=abc'])).toEqual({
      name: 'logs',
      options: { service: 'analytics', follow: true, json: false, level: 'warn', lines: 5, trace: 'abc' },
    });
  });

  it('should look for words in any case, and for patterns as they are', () => {
    const shownBy = (...argv: string[]) => (sut(['logs', ...argv]) as { options: { shown: RegExp } }).options.shown;
    expect(shownBy('--text', 'a.b (c)').test('x A.B (C) y')).toBe(true);
    expect(shownBy('--text', 'a.b').test('axb')).toBe(false);
    expect(shownBy('--grep', 'a.b').test('axb')).toBe(true);
    expect(shownBy('--grep', 'a.b').test('AXB')).toBe(false);
  });

  it('should tell since when', () => {
    const { options } = sut(['logs', '--since', '2026-03-01']) as { options: { since: string } };
    expect(options.since).toBe('2026-03-01T00:00:00.000Z');
  });

  it.each([
    [['frobnicate'], 'unknown command "frobnicate"'],
    [['up', 'now'], 'unexpected "now"'],
    [['up', '--workers', '0'], '--workers: expected a number from 1 to 32, got "0"'],
    [['up', '--workers', 'many'], '--workers: expected a number from 1 to 32, got "many"'],
    [['down', '--all'], 'usage: npm run down'],
    [['logs', '--level', 'loud'], 'expected debug, info, warn or error, got "loud"'],
    [['logs', '-n', 'many'], 'expected a number of lines'],
    [['logs', '--since', 'yesterday'], '--since: expected 90s, 15m, 2h, 1d or a time'],
    [['logs', '--grep', '('], '--grep: Invalid regular expression'],
    [['logs', '--grep', 'a', '--text', 'a'], 'cannot be used together'],
    [['logs', 'a', 'b'], 'unexpected "b"'],
  ])('should refuse %j with a hint', (argv, message) => {
    expect(() => sut(argv)).toThrow(UsageError);
    expect(() => sut(argv)).toThrow(message);
  });
});
