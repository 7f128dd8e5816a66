import { counter, histogram } from '#libs/observability';

export const visitBatchSize = histogram({
  name: 'visit_batch_size_hits',
  help: 'Hits recorded in one transaction, those of programs included',
  labelNames: [],
  buckets: [1, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000],
});

export const visitLag = histogram({
  name: 'visit_lag_seconds',
  help: 'Time from the oldest hit of an event until the figures include it',
  labelNames: [],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300, 3_600],
});

export const lateVisitors = counter({
  name: 'visit_late_visitors_total',
  help: 'Visitors that arrived after the key of their day was destroyed: their hits are counted, they are not',
  labelNames: [],
});
