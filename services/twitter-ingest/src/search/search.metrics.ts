import { counter, gauge, histogram } from '#libs/observability';

export const indexedPosts = counter({
  name: 'post_search_indexed_posts_total',
  help: 'Posts given to the full-text index; unchanged = it had this or a later revision, rejected = it never will take it',
  labelNames: ['index', 'outcome'],
});

export const searchDuration = histogram({
  name: 'post_search_seconds',
  help: 'Time one look for the words of a query took; scan = in the posts themselves, while no index can be asked',
  labelNames: ['way', 'outcome'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});

export const indexComplete = gauge({
  name: 'post_search_index_complete',
  help: '1 when the full-text index holds every post; until then posts are searched themselves',
  labelNames: [],
});
