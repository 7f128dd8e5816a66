import { describe, expect, it } from 'vitest';
import { RepeatLimiter, type Suppressed } from './repeat-limiter.js';

function create() {
  const reports: Suppressed[] = [];
  const sut = new RepeatLimiter({ maxPerWindow: 3, windowMs: 1_000 }, (suppressed) => reports.push(suppressed));
  const passed = (level: 'debug' | 'info' | 'warn' | 'error', message: string, times: number, nowMs: number) =>
    Array.from({ length: times }, () => sut.allows(level, 'A', message, nowMs)).filter(Boolean).length;
  return { sut, reports, passed };
}

describe('RepeatLimiter', () => {
  it('should let some of a repeated line pass, and tell how many it kept back', () => {
    const { reports, passed } = create();
    expect(passed('info', 'same', 10, 0)).toBe(3);
    expect(passed('info', 'other', 2, 10)).toBe(2);
    expect(reports).toEqual([]);
    expect(passed('info', 'same', 10, 1_000)).toBe(3);
    expect(reports).toEqual([{ logger: 'A', message: 'same', count: 7 }]);
  });

  it('should never keep back a warning or an error', () => {
    const { passed } = create();
    expect([passed('warn', 'same', 100, 0), passed('error', 'same', 100, 0)]).toEqual([100, 100]);
  });

  it('should not remember more messages than it may', () => {
    const { sut } = create();
    const passed = Array.from({ length: 10_000 }, (_x, index) => sut.allows('info', 'A', `message ${index}`, 0));
    expect(passed.every(Boolean)).toBe(true);
  });
});
