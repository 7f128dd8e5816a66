import { counter, gauge, histogram } from '#libs/observability';

export const stepDuration = histogram({
  name: 'capture_step_duration_seconds',
  help: 'Time of one step of a capture, from asking the source until its posts are stored, by how it ended',
  labelNames: ['source', 'outcome'],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
});

export const captureErrors = counter({
  name: 'capture_errors_total',
  help: 'Steps of captures and streams that a source ended with an error, by reason',
  labelNames: ['source', 'reason'],
});

export const gapSeconds = counter({
  name: 'capture_gap_seconds_total',
  help: 'Time of which posts of followed tags are missing for good, summed over the captures',
  labelNames: ['source', 'reason'],
});

export const captureParts = gauge({
  name: 'capture_parts',
  help: 'Parts of captures (one per source and instance) in each state, over all processes',
  labelNames: ['source', 'state'],
});

export const captureLag = gauge({
  name: 'capture_lag_seconds',
  help: 'Age of what was last seen from the source, of the followed part that is furthest behind',
  labelNames: ['source'],
});

export const captureOverdue = gauge({
  name: 'capture_overdue_seconds',
  help: 'How much later than planned a followed part has not been read, of the part that is furthest behind its plan',
  labelNames: ['source'],
});

export const streamLeads = gauge({
  name: 'capture_stream_leads',
  help: 'Streams this process reads for all processes',
  labelNames: ['source'],
});
