import { describe, expect, it } from 'vitest';
import { formatTracestate, parseTracestate as sut } from './tracestate.js';

describe('parseTracestate', () => {
  it.each([
    ['rojo=00f067aa0ba902b7,congo=t61rcWkgMzE', 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE'],
    [' rojo=1 ,\t, congo=2 ', 'rojo=1,congo=2'],
    ['fw529a3039@dt=FfAgAAAAAA, 0tenant@vendor=a b', 'fw529a3039@dt=FfAgAAAAAA,0tenant@vendor=a b'],
  ])('should keep the members of others: %s', (header, foreign) => {
    expect(sut(header)).toEqual({ foreign, debug: false });
  });

  it.each(['Upper=1', '=1', 'novalue', 'a=1,a=2', 'a=b=c', 'a=\u0001', 'a=ü', 'a=1;b=2=3', '0key=1', 5, null])(
    'should discard the whole list when it is not valid: %s',
    (header) => {
      expect(sut(header)).toEqual({ foreign: undefined, debug: false });
    },
  );

  it('should keep at most 32 members, with room for our own, and 512 characters', () => {
    const many = Array.from({ length: 40 }, (_x, index) => `k${index}=v`).join(',');
    expect(sut(many).foreign?.split(',')).toHaveLength(31);
    const long = Array.from({ length: 8 }, (_x, index) => `k${index}=${'v'.repeat(100)}`).join(',');
    const { foreign } = sut(long);
    expect(foreign?.split(',').map((member) => member.length)).toEqual([103, 103, 103, 103]);
    expect(formatTracestate(foreign, true)!.length).toBeLessThanOrEqual(512);
  });

  it('should take our own member out and put it in front', () => {
    expect(sut('rojo=1,mirante=debug')).toEqual({ foreign: 'rojo=1', debug: true });
    expect(sut('mirante=loud')).toEqual({ foreign: undefined, debug: false });
    expect(formatTracestate('rojo=1', true)).toBe('mirante=debug,rojo=1');
    expect(formatTracestate(undefined, false)).toBeUndefined();
  });

  it('should join a header that came in several lines', () => {
    expect(sut(['a=1', 'b=2']).foreign).toBe('a=1,b=2');
  });
});
