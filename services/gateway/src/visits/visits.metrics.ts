import { counter, gauge } from '#libs/observability';

/** Classes: human, dnt, bot, prefetch, asset; the last two are not counted as visits. */
export const visits = counter({
  name: 'visits_total',
  help: 'Visits the gateway has seen, by class: people, people who are not to be followed, programs, prefetches, files',
  labelNames: ['class'],
});

/** Reasons: buffer-full, no-key, shutdown, unsendable. */
export const lostVisits = counter({
  name: 'visit_events_lost_total',
  help: 'Visits that could not be kept until they were sent, by reason',
  labelNames: ['reason'],
});

export const bufferedVisitors = gauge({
  name: 'visit_buffered_visitors',
  help: 'Different visitors of visits the broker has not confirmed yet',
  labelNames: [],
});

export const watchingPages = gauge({
  name: 'visitor_streams_open',
  help: 'Pages that watch the visitor figures now',
  labelNames: [],
});
