import { counter, gauge } from '#libs/observability';

export const outboxPending = gauge({
  name: 'outbox_pending_messages',
  help: 'Events that are stored and not yet published',
  labelNames: [],
});

export const outboxOldestAge = gauge({
  name: 'outbox_oldest_pending_age_seconds',
  help: 'Age of the oldest event that is not yet published; 0 when there is none',
  labelNames: [],
});

export const outboxPublished = counter({
  name: 'outbox_published_messages_total',
  help: 'Events the broker has confirmed',
  labelNames: ['event'],
});

export const outboxFailures = counter({
  name: 'outbox_publish_failures_total',
  help: 'Attempts to publish an event that failed; the event stays and is tried again',
  labelNames: ['event', 'reason'],
});

export const outboxPurged = counter({
  name: 'outbox_purged_messages_total',
  help: 'Published events deleted after their retention',
  labelNames: [],
});

export const inboxDuplicates = counter({
  name: 'inbox_duplicate_messages_total',
  help: 'Deliveries of an event whose effect was already there',
  labelNames: ['consumer'],
});
