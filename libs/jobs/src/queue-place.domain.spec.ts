import { describe, expect, it } from 'vitest';
import { estimateStart } from './queue-place.domain.js';

const lane = (overrides: object = {}) => ({
  vtime: 0,
  weight: 1,
  meanCost: 1,
  ready: 10,
  running: 0,
  waitingJobs: 10,
  ...overrides,
});

describe('place in the queue', () => {
  it('should count what is ahead in its own lane', () => {
    expect(estimateStart(lane(), { jobs: 3, slices: 6 }, [], 2)).toEqual({ position: 4, startsInSeconds: 3 });
  });

  it('should let the lanes take turns', () => {
    const others = [lane(), lane()];
    expect(estimateStart(lane(), { jobs: 3, slices: 3 }, others, 1)).toEqual({ position: 10, startsInSeconds: 9 });
  });

  it('should wait for no more than others have, and less for a heavier lane', () => {
    const short = lane({ ready: 1, waitingJobs: 1 });
    expect(estimateStart(lane(), { jobs: 3, slices: 3 }, [short], 1)).toEqual({ position: 5, startsInSeconds: 4 });
    expect(estimateStart(lane({ weight: 3 }), { jobs: 3, slices: 3 }, [lane()], 1)).toEqual({ position: 5, startsInSeconds: 4 }); // prettier-ignore
  });

  it('should not wait for lanes that were served more', () => {
    expect(estimateStart(lane(), { jobs: 0, slices: 0 }, [lane({ vtime: 5 })], 1)).toEqual({ position: 1, startsInSeconds: 0 }); // prettier-ignore
  });

  it('should wait for what runs while no slot is free', () => {
    const busy = [lane({ vtime: 9, running: 2, meanCost: 4 })];
    expect(estimateStart(lane(), { jobs: 0, slices: 0 }, busy, 2).startsInSeconds).toBe(2);
    expect(estimateStart(lane(), { jobs: 0, slices: 0 }, busy, 3).startsInSeconds).toBe(0);
  });

  it('should promise nothing while nobody works', () => {
    expect(estimateStart(lane(), { jobs: 0, slices: 0 }, [], 0).startsInSeconds).toBeNull();
  });
});
