import { describe, expect, it } from 'vitest';
import { formatLogLine } from './log-format.js';
import { matches } from './log-filter.js';
import { fieldOf, mergeByTime, parseLogLine, type LogLine, type LogRecord } from './log-line.js';

function line(fields: LogRecord): LogLine {
  return parseLogLine(JSON.stringify({ '@timestamp': '2026-01-02T03:04:05.678Z', ...fields }))!;
}

describe('parseLogLine', () => {
  it.each(['', 'plain text', '{"message":"no time"}', '{"@timestamp":"2026-01-02T03:04'])('should skip %j', (raw) => {
    expect(parseLogLine(raw)).toBeUndefined();
  });
});

describe('fieldOf', () => {
  it.each([{ 'trace.id': 'x' }, { trace: { id: 'x' } }])('should find a field spelled like %j', (record) => {
    expect(fieldOf(record, 'trace.id')).toBe('x');
  });
});

describe('matches', () => {
  const sut = line({ 'log.level': 'warn', 'service.name': 'analytics', 'trace.id': 'abc' });

  it.each([
    [{}, true],
    [{ service: 'analytics' }, true],
    [{ service: 'gateway' }, false],
    [{ level: 'info' as const }, true],
    [{ level: 'error' as const }, false],
    [{ trace: 'abc' }, true],
    [{ trace: 'ab' }, false],
    [{ since: '2026-01-02T03:04:05.678Z' }, true],
    [{ since: '2026-01-02T03:04:05.679Z' }, false],
    [{ shown: /WARN +analytics.*trace=abc/ }, true],
    [{ shown: /gateway/ }, false],
    [{ level: 'warn' as const, trace: 'abc', shown: /gateway/ }, false],
  ])('should judge %j as %s', (filter, expected) => {
    expect(matches(sut, filter)).toBe(expected);
  });

  it('should find a request by the id that its caller chose', () => {
    expect(matches(line({ labels: { request_id: 'mine' } }), { trace: 'mine' })).toBe(true);
  });
});

describe('mergeByTime', () => {
  it('should sort by time and keep the order of lines of one instant', () => {
    const at = (time: string, message: string) => line({ '@timestamp': time, message });
    const sut = mergeByTime([at('2', 'c'), at('1', 'a'), at('1', 'b')]);
    expect(sut.map((entry) => entry.record['message'])).toEqual(['a', 'b', 'c']);
  });
});

describe('formatLogLine', () => {
  it('should put what a reader needs into one line', () => {
    const sut = line({
      'log.level': 'info',
      'log.logger': 'Importer',
      'service.name': 'twitter-ingest',
      'service.version': '1',
      'trace.id': 'abc',
      message: 'import done',
      event: { action: 'import', id: 'noise', duration: 1_500_000 },
      labels: { posts: 3, note: 'two words' },
    });
    expect(formatLogLine(sut)).toBe(
      '03:04:05.678 INFO  twitter-ingest [Importer] import done event.action=import duration=1.5ms posts=3 note="two words" trace=abc',
    );
  });

  it('should show the stack trace of an error below', () => {
    const sut = line({ message: 'failed', error: { message: 'no', stack_trace: 'Error: no\n    at x' } });
    expect(formatLogLine(sut).split('\n').slice(1)).toEqual(['    Error: no', '        at x']);
  });

  it('should not let text of strangers steer the terminal', () => {
    expect(formatLogLine(line({ message: '\u001b[2Jgone\rx' }))).not.toMatch(/[\u001b\r]/);
  });
});
