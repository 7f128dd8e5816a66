import { describe, expect, it } from 'vitest';
import type { ParkedMessage } from './parked-message.js';
import { parseParkingCommand, runParkingCommand, UsageError } from './parking-command.js';

const message: ParkedMessage = {
  id: 'id-1',
  event: 'a.b.c.v1',
  queue: 'ev.a',
  code: 'X.Y',
  reason: 'evil\u001b[31m\nline',
  parkedAt: null,
  attempt: 2,
  bytes: 3,
  traceId: null,
};

describe('parseParkingCommand', () => {
  it('should read filters', () => {
    expect(parseParkingCommand(['replay', '--id', 'a', '--id', 'b', '--queue', 'q'])).toEqual({
      action: 'replay',
      filter: { ids: ['a', 'b'], queue: 'q' },
      limit: 100,
      json: false,
    });
    expect(parseParkingCommand(['list', '--limit', '5', '--json'])).toMatchObject({ filter: {}, limit: 5, json: true });
    expect(parseParkingCommand(['drop', '--all', '--yes'])).toMatchObject({ action: 'drop', filter: {} });
  });

  it.each([
    [[]],
    [['burn']],
    [['list', 'more']],
    [['list', '--wrong']],
    [['list', '--limit', '0']],
    [['replay']],
    [['drop', '--all']],
    [['drop', '--queue', 'q']],
    [['drop', '--all', '--yes', '--id', 'a']],
  ])('should refuse %j', (args) => {
    expect(() => parseParkingCommand(args)).toThrow(UsageError);
  });
});

describe('runParkingCommand', () => {
  const lot = {
    list: () => Promise.resolve({ messages: [message], total: 7, truncated: false }),
    replay: () => Promise.resolve({ done: [], failed: [{ message, reason: 'no queue' }], truncated: true }),
    drop: () => Promise.resolve({ done: [message], failed: [], truncated: false }),
  };

  it('should print a table that a message cannot use to control the terminal', async () => {
    const { text } = await runParkingCommand(lot, parseParkingCommand(['list']));
    expect(text).toBe(
      [
        'ID    PARKED AT  QUEUE  EVENT     CODE  ATTEMPT  REASON',
        'id-1  -          ev.a   a.b.c.v1  X.Y   2        evil [31m line',
        '1 of 7 parked messages',
        '',
      ].join('\n'),
    );
  });

  it('should say what stayed and fail then', async () => {
    expect(await runParkingCommand(lot, parseParkingCommand(['replay', '--all', '--yes']))).toEqual({
      text: '0 sent back\nstays parked: id-1: no queue\nthe queue holds more: run the command again\n',
      exitCode: 1,
    });
    expect(await runParkingCommand(lot, parseParkingCommand(['drop', '--id', 'id-1']))).toEqual({
      text: '1 dropped\n',
      exitCode: 0,
    });
  });
});
