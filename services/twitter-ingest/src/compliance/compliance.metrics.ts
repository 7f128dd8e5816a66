import { counter, gauge } from '#libs/observability';

export const checkedPosts = counter({
  name: 'compliance_checked_posts_total',
  help: 'Stored posts that were looked up again, by what had become of them',
  labelNames: ['source', 'outcome'],
});

export const oldestCheckAge = gauge({
  name: 'compliance_oldest_check_age_seconds',
  help: 'Time since the stored posts that wait longest for a look were last known to be there',
  labelNames: ['source'],
});
