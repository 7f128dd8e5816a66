import { describe, expect, it } from 'vitest';
import type { LogLine } from '../logs/log-line.js';
import { LogWindow } from './log-window.js';

/** A line of its own, written at a second. */
function line(second: number, file = 'a'): LogLine {
  const time = new Date(second * 1_000).toISOString();
  return { raw: `${file} ${time}`, record: {}, time };
}

function filled(limit: number, lines: readonly LogLine[], slack?: number): LogWindow {
  const sut = new LogWindow(limit, slack);
  lines.forEach((one) => sut.add(one));
  return sut;
}

describe('LogWindow', () => {
  it.each([0, 1, 100])('should keep the newest of all files, however rarely it sorts: %i', (slack) => {
    const sut = filled(2, [line(7), line(9), line(1, 'b'), line(8, 'b'), line(2, 'c')], slack);
    expect(sut.shown()).toEqual([line(8, 'b'), line(9)]);
  });

  it('should keep all where there is no limit', () => {
    const lines = [line(3), line(1), line(2)];
    expect(filled(Number.MAX_SAFE_INTEGER, lines, 0).shown()).toEqual([line(1), line(2), line(3)]);
  });

  it('should take a line that was not yet there for news, and no old one of a file that rests', () => {
    const sut = filled(2, [line(8), line(9), line(1, 'quiet')]).news();
    expect([line(8), line(9), line(1, 'quiet'), line(9, 'quiet'), line(10)].filter(sut)).toEqual([
      line(9, 'quiet'),
      line(10),
    ]);
  });

  it('should show nothing where nothing is asked for, and news all the same', () => {
    const sut = filled(0, [line(8), line(9)]);
    expect(sut.shown()).toEqual([]);
    expect([line(8), line(9), line(10)].filter(sut.news())).toEqual([line(10)]);
  });

  it('should take everything for news where nothing was read', () => {
    expect([line(1)].filter(new LogWindow(5).news())).toEqual([line(1)]);
  });
});
