import { counter, gauge, histogram } from '#libs/observability';

export const rollupApplyDuration = histogram({
  name: 'rollup_apply_duration_seconds',
  help: 'Time to apply one batch of post events to facts and roll-ups, transaction included',
  labelNames: ['outcome'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

export const rollupPostsApplied = counter({
  name: 'rollup_posts_applied_total',
  help: 'Posts of events by what they changed in the roll-ups',
  labelNames: ['change'],
});

export const rollupDrift = gauge({
  name: 'rollup_drift',
  help: 'Sum of differences between roll-ups and facts found by the last recount; must be 0',
  labelNames: [],
});

export const rollupRecounts = counter({
  name: 'rollup_recounts_total',
  help: 'Tags recounted from facts and compared with their roll-ups',
  labelNames: ['outcome'],
});

export const reportDuration = histogram({
  name: 'report_duration_seconds',
  help: 'Time to answer a report, by whether roll-ups were enough or facts had to be read',
  labelNames: ['report', 'path'],
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});
