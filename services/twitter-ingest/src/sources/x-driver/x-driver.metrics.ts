import { counter, gauge } from '#libs/observability';

export const searchShortfall = counter({
  name: 'capture_shortfall_posts_total',
  help: 'Posts a source counted for a search beyond what the complete search gave, where the difference was no small one',
  labelNames: ['source'],
});

export const searchedPages = counter({
  name: 'capture_pages_total',
  help: 'Pages of searches that were read, by the page size their part had come to (100, or less after answers 503)',
  labelNames: ['source', 'size'],
});

export const streamRules = gauge({
  name: 'capture_stream_rules',
  help: 'Tags the stream of this process follows with rules of its own',
  labelNames: ['source'],
});

export const streamConnects = counter({
  name: 'capture_stream_connects_total',
  help: 'Attempts to open a stream, by outcome',
  labelNames: ['source', 'outcome'],
});
