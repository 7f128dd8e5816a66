import { counter } from '#libs/observability';

export const blueskyEvents = counter({
  name: 'bluesky_events_total',
  help: 'Events read from Jetstream, by what they were: passed over, matched, deletion, malformed',
  labelNames: ['kind'],
});

export const blueskyProfiles = counter({
  name: 'bluesky_profiles_total',
  help: 'Authors of Bluesky posts looked up, by outcome: found, unknown, failed, late',
  labelNames: ['outcome'],
});
