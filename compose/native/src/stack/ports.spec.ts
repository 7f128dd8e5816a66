import { describe, expect, it } from 'vitest';
import { choosePorts } from './ports.js';

function probes(taken: number[], offers: number[]) {
  return {
    isFree: (port: number) => Promise.resolve(!taken.includes(port)),
    find: () => Promise.resolve(offers.shift()!),
  };
}

describe('choosePorts', () => {
  it('should keep what is known and free', async () => {
    expect(await choosePorts(['a', 'b'], { a: 1, b: 2 }, probes([], []))).toEqual({ a: 1, b: 2 });
  });

  it('should move away from a port that somebody else took', async () => {
    expect(await choosePorts(['a', 'b'], { a: 1, b: 2 }, probes([1], [7]))).toEqual({ a: 7, b: 2 });
  });

  it('should give no port twice and none that is meant for another part', async () => {
    expect(await choosePorts(['new', 'also', 'b'], { b: 2 }, probes([], [2, 5, 5, 6]))).toEqual({
      new: 5,
      also: 6,
      b: 2,
    });
  });

  it('should forget parts that no longer exist', async () => {
    expect(await choosePorts(['a'], { a: 1, gone: 9 }, probes([], []))).toEqual({ a: 1 });
  });
});
