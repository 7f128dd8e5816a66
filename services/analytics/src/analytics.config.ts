import { z } from 'zod';
import { int } from '#libs/config';

export const analyticsConfigSchema = z.object({
  MIRANTE_ANALYTICS_RECOUNT_HOUR: int({ min: 0, max: 23 })
    .default(3)
    .describe('hour of the day, UTC, at which a sample of the roll-ups is recounted'),
  MIRANTE_ANALYTICS_RECOUNT_SAMPLES: int({ min: 1, max: 10_000 })
    .default(50)
    .describe('how many tags, with one day of each, a recount takes'),
});
export type AnalyticsConfig = z.infer<typeof analyticsConfigSchema>;
