import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { int } from '#libs/config';

/** Variables of a process that has jobs. */
export const jobsConfigSchema = z.object({
  MIRANTE_JOB_SLOTS: int({ min: 0, max: 256 })
    // One more than cores: while the end of a slice is stored, the next is at work.
    .default(availableParallelism() + 1)
    .describe('slices at a time; one more is done if it is short. 0: this process only stores jobs'),
  MIRANTE_JOB_LANE_CAP: int({ min: 1, max: 10_000 })
    .default(64)
    .describe('slices of one tenant and class at a time, over all processes; for lanes that are new'),
  MIRANTE_JOB_LEASE_MS: int({ min: 500, max: 600_000 })
    .default(30_000)
    .describe('silence after which a worker counts as dead'),
  MIRANTE_JOB_POLL_MS: int({ min: 50, max: 60_000 })
    .default(1_000)
    .describe('how often an idle worker looks for work that nobody told it about'),
  MIRANTE_JOB_KEEP_DAYS: int({ min: 0, max: 3_650 })
    .default(30)
    .describe('how long an expired job is remembered: 410, then 404'),
});
export type JobsConfig = z.infer<typeof jobsConfigSchema>;
