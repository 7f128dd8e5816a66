import { counter, gauge, histogram } from '#libs/observability';

export const capturedPosts = counter({
  name: 'capture_posts_total',
  help: 'Posts taken in, by what became of them',
  labelNames: ['source', 'outcome'],
});

export const runningImports = gauge({
  name: 'archive_imports_running',
  help: 'Archive imports this process is working on',
  labelNames: [],
});

export const importDuration = histogram({
  name: 'archive_import_duration_seconds',
  help: 'Time from the request to import an archive until all its posts are stored',
  labelNames: ['outcome'],
  buckets: [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400],
});

export const storeDuration = histogram({
  name: 'archive_batch_store_duration_seconds',
  help: 'Time to store one batch of posts with their authors, tags and outgoing events',
  labelNames: [],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
