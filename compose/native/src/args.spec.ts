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

  it.each([
    [['frobnicate'], 'unknown command "frobnicate"'],
    [['up', 'now'], 'unexpected "now"'],
    [['up', '--workers', '0'], '--workers: expected a number from 1 to 32, got "0"'],
    [['up', '--workers', 'many'], '--workers: expected a number from 1 to 32, got "many"'],
    [['down', '--all'], 'usage: npm run down'],
    [['logs', '--level', 'loud'], 'expected debug, info, warn or error, got "loud"'],
    [['logs', '-n', 'many'], 'expected a number of lines'],
    [['logs', 'a', 'b'], 'unexpected "b"'],
  ])('should refuse %j with a hint', (argv, message) => {
    expect(() => sut(argv)).toThrow(UsageError);
    expect(() => sut(argv)).toThrow(message);
  });
});
