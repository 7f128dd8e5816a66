import type { Capture } from '#libs/contracts';

export const CAPTURE_ID = '019a3f0e-7b10-7d21-8a44-5e0d1c2b3a49';

export const CAPTURE_EXAMPLE: Capture = {
  id: CAPTURE_ID,
  tag: 'lookout',
  mode: 'follow',
  state: 'running',
  every_seconds: 60,
  from: null,
  budget_usd: 2,
  spent_usd: 0.615,
  estimate: { posts: 120, worst_case_usd: 1.805, per_day_usd: 0.26, note: null },
  simulated: true,
  sources: [
    {
      source: 'x',
      target: '',
      simulated: true,
      state: 'running',
      phase: 'follow',
      live: false,
      last_post_at: '2026-03-01T09:00:12.000Z',
      lag_seconds: 31.4,
      posts: { new: 118, duplicate: 3, invalid: 0, deleted: 1 },
      requests: 9,
      spent_usd: 0.615,
      waiting: null,
    },
  ],
  gaps: [],
  gap_seconds: 0,
  created_at: '2026-03-01T08:55:00.000Z',
  finished_at: null,
};
