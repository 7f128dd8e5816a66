/** Side queue of this service, `ev.twitter-ingest.search`. */
export const SEARCH_QUEUE = 'search';
