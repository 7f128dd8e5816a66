import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseUnavailableError } from '#libs/persistence';
import type { Claims } from './claims.service.js';
import type { HousekeepingRepository } from './housekeeping.repository.js';
import { JobHousekeeper } from './job-housekeeper.service.js';
import type { JobSignals } from './job-signals.service.js';
import type { JobRepository } from './job.repository.js';
import type { KeyRepository } from './key.repository.js';
import type { LaneRepository } from './lane.repository.js';

const none = () => Promise.resolve([]);

describe(JobHousekeeper.name, () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('should let the living renew their leases first when the database is back', async () => {
    let isAway = false;
    const looks: number[] = [];
    const startedAt = performance.now();
    const lostSlices = () => {
      if (isAway) return Promise.reject(new DatabaseUnavailableError('refused'));
      looks.push(performance.now() - startedAt);
      return none();
    };
    const dueLanes = () => (isAway ? Promise.reject(new DatabaseUnavailableError('refused')) : none());
    const sut = new JobHousekeeper(
      { lostSlices, dueLanes, expiredJobs: none } as unknown as HousekeepingRepository,
      {} as Claims,
      {} as LaneRepository,
      { waiting: none, running: none } as unknown as JobRepository,
      {} as KeyRepository,
      {} as JobSignals,
      {},
    );
    sut.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(looks.length).toBeGreaterThan(1);

    isAway = true;
    await vi.advanceTimersByTimeAsync(5_000);
    const lastFailure = performance.now() - startedAt;
    isAway = false;
    looks.length = 0;
    await vi.advanceTimersByTimeAsync(4_000);
    const stopped = sut.beforeApplicationShutdown();
    await vi.runAllTimersAsync();
    await stopped;

    expect(looks[0]).toBeGreaterThan(lastFailure - 500 + 2_000);
    expect(looks[0]).toBeLessThan(lastFailure + 2_000 + 1_000);
  });
});
