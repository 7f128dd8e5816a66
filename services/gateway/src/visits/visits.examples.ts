import type { Feedback, VisitorReferrers, VisitorReport } from '#libs/contracts';

export const REPORT_EXAMPLE: VisitorReport = {
  site: 'mirante',
  tz: 'UTC',
  interval: 'month',
  definition: 'v1',
  buckets: [
    {
      from: '2026-02-01',
      to: '2026-03-01',
      unique: 1042,
      exact: false,
      error_pct: 0.6,
      hits: 5310,
      bots: 871,
      dnt: 118,
    },
  ],
};

export const REFERRERS_EXAMPLE: VisitorReferrers = {
  site: 'mirante',
  tz: 'UTC',
  from: '2026-02-01',
  to: '2026-03-01',
  referrers: [
    { host: 'search.example', hits: 812 },
    { host: 'news.example', hits: 64 },
  ],
  other: 31,
};

export const FEEDBACK_EXAMPLE: Feedback = {
  id: '019ca0f4-6c0a-7f5e-9d3b-2a4c6e8f0a1b',
  message: 'The chart is easy to read.',
  email: null,
  page: '/',
  mail: 'sent',
  created_at: '2026-03-01T09:30:00.000Z',
};
