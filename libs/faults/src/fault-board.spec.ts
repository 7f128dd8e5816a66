import { describe, expect, it } from 'vitest';
import { FaultBoard, parseFaults } from './fault-board.js';
import { FAULT_NAMES } from './fault-flags.data.js';

describe('FaultBoard', () => {
  it('should begin with everything off', () => {
    const sut = new FaultBoard();
    expect(FAULT_NAMES.map((flag) => sut.isOn(flag, 'anywhere'))).not.toContain(true);
    expect(sut.list().map(({ flag, on }) => [flag, on])).toEqual(FAULT_NAMES.map((flag) => [flag, false]));
  });

  it('should apply everywhere without a target, and only there with one', () => {
    const sut = new FaultBoard();
    sut.switchOn('slow-route');
    sut.switchOn('failing-handler', 'posts.search');
    expect(sut.isOn('slow-route', '/any')).toBe(true);
    expect(sut.isOn('failing-handler', 'posts.search')).toBe(true);
    expect(sut.isOn('failing-handler', 'posts.store')).toBe(false);
    expect(sut.isOn('failing-handler')).toBe(false);
  });

  it('should tell of each change once', () => {
    const changes: string[] = [];
    const sut = new FaultBoard((flag, on) => changes.push(`${flag} ${on}`));
    sut.switchOff('log-flood');
    sut.switchOn('log-flood');
    sut.switchOff('log-flood');
    sut.switchOff('log-flood');
    expect(changes).toEqual(['log-flood true', 'log-flood false']);
    expect(sut.list().find(({ flag }) => flag === 'log-flood')).toMatchObject({ on: false, since: null });
  });

  it('should refuse a target where nothing could be meant by it', () => {
    const sut = new FaultBoard();
    expect(() => sut.switchOn('log-flood', 'x')).toThrow('takes no target');
    expect(sut.isOn('log-flood')).toBe(false);
  });
});

describe(parseFaults.name, () => {
  it.each([
    ['', []],
    [' , ', []],
    ['log-flood', [{ flag: 'log-flood', target: null }]],
    [
      'slow-route=/a?b=c, stuck-consumer=ev.x',
      [
        { flag: 'slow-route', target: '/a?b=c' },
        { flag: 'stuck-consumer', target: 'ev.x' },
      ],
    ],
  ])('should read %j', (text, expected) => {
    expect(parseFaults(text)).toEqual(expected);
  });

  it('should name the flags there are', () => {
    expect(() => parseFaults('slow-rote')).toThrow('"slow-rote" is none of slow-route,');
  });
});
