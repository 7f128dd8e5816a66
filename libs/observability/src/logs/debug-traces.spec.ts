import { beforeEach, describe, expect, it } from 'vitest';
import { newTraceId } from '../context/random-ids.js';
import { BadTraceIdError, debuggedTraces, debugTrace, isDebugTrace } from './debug-traces.js';

const MINUTE = 60_000;

describe('debugTrace', () => {
  beforeEach(() => void debuggedTraces(Infinity));

  it('should choose one trace for ten minutes', () => {
    const [sut, other] = [newTraceId(), newTraceId()];
    debugTrace(sut, 0);
    expect([isDebugTrace(sut, 9 * MINUTE), isDebugTrace(other, 9 * MINUTE)]).toEqual([true, false]);
    expect(isDebugTrace(sut, 10 * MINUTE)).toBe(false);
    expect(debuggedTraces(9 * MINUTE)).toEqual([sut]);
    expect(debuggedTraces(10 * MINUTE)).toEqual([]);
  });

  it('should forget the oldest choice when there are too many', () => {
    const traces = Array.from({ length: 101 }, newTraceId);
    for (const trace of traces) debugTrace(trace, 0);
    expect(debuggedTraces(1)).toEqual(traces.slice(1));
  });

  it.each(['', 'x', '0'.repeat(32), 'A'.repeat(32), `${'a'.repeat(32)}\n`])('should refuse %j', (sut) => {
    expect(() => debugTrace(sut)).toThrow(BadTraceIdError);
    expect(debuggedTraces()).toEqual([]);
  });
});
