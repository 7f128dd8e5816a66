import { POSTS, TEMPLATE_PRIORITY } from './streams.data.js';

/**
 * Posts for full-text search. Only what is searched and sorted by; the posts themselves stay in the database, so nothing
 * here can be out of date to a reader.
 */
export function postsTemplate(): object {
  return {
    _meta: { managed_by: 'mirante' },
    index_patterns: [POSTS.pattern],
    priority: TEMPLATE_PRIORITY,
    template: {
      settings: {
        index: {
          number_of_shards: '1',
          auto_expand_replicas: '0-1',
          refresh_interval: '1s',
          // How long a deleted post still refuses an older version of itself: longer than any request can be late.
          gc_deletes: '1h',
          sort: { field: ['posted_at', 'id'], order: ['desc', 'desc'] },
        },
      },
      mappings: {
        dynamic: 'strict',
        properties: {
          id: { type: 'long' },
          source: { type: 'keyword' },
          kind: { type: 'keyword' },
          lang: { type: 'keyword' },
          tags: { type: 'keyword' },
          posted_at: { type: 'date' },
          // Words as twitter-ingest cuts and folds them for every index. No option here may be a default one:
          // Elasticsearch does not give those back, and the set-up would take that for a difference.
          text: { type: 'text', analyzer: 'whitespace', norms: false },
        },
      },
      aliases: { [POSTS.alias]: { is_write_index: true } },
    },
  };
}
