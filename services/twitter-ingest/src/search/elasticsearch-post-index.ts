import { createLogger } from '#libs/observability';
import type { ListPostsFilter, PostPosition } from '../posts/post-listing.types.js';
import { ElasticsearchAwayError, type ElasticsearchClient } from './elasticsearch.client.js';
import type { IndexedPost, PostIndex, PutResult } from './post-index.js';
import type { SearchQuery, SearchTerm } from './search-query.domain.js';
import { unitsOf } from './words.domain.js';

const log = createLogger('ElasticsearchPostIndex');

/** Alias that the set-up job makes; `require_alias` keeps a stray index without its mapping from coming to be. */
const ALIAS = 'mirante-posts';
const BULK_TIMEOUT_MS = 30_000;
/** A call of the API may take five seconds; what else it does has to fit in as well. */
const SEARCH_TIMEOUT_MS = 2_000;

interface BulkItem {
  status: number;
  error?: { type: string; reason: string };
}

/** Posts in Elasticsearch, under their id and with their revision as external version: any order and repetition is the same. */
export class ElasticsearchPostIndex implements PostIndex {
  readonly name = 'elasticsearch';
  readonly isRough = false;

  constructor(
    private readonly client: ElasticsearchClient,
    private readonly tagKeyOf: (tagId: number) => Promise<string | undefined>,
  ) {}

  async identity(): Promise<string> {
    const indices = await this.client.get<Record<string, { settings: { index: { uuid: string } } }>>(
      `/${ALIAS}`,
      SEARCH_TIMEOUT_MS,
    );
    const uuids = Object.values(indices).map(({ settings }) => settings.index.uuid);
    return `elasticsearch:${uuids.join('+')}`.slice(0, 100);
  }

  async put(posts: readonly IndexedPost[]): Promise<PutResult> {
    const lines = posts.flatMap(({ id, rev, deleted, postedAt, text, ...fields }): object[] => {
      const meta = { _id: String(id), version: rev, version_type: 'external' };
      return deleted
        ? [{ delete: meta }]
        : [{ index: meta }, { id, ...fields, posted_at: postedAt.getTime(), text: spaced(unitsOf(text)) }];
    });
    const answer = await this.client.bulk<{ items: Array<Record<string, BulkItem>> }>(
      `/${ALIAS}/_bulk?require_alias=true`,
      lines,
      BULK_TIMEOUT_MS,
    );
    const result: PutResult = { indexed: 0, unchanged: 0, rejected: 0 };
    for (const item of answer.items.flatMap((each) => Object.values(each))) count(result, item);
    return result;
  }

  async find(
    query: SearchQuery,
    filter: ListPostsFilter,
    before: PostPosition | null,
    limit: number,
  ): Promise<PostPosition[]> {
    const { source, kind, lang, from, to, tagId } = filter;
    const tag = tagId === null ? undefined : await this.tagKeyOf(tagId);
    const terms = Object.entries({ source, kind, lang, tags: tag }).filter(([, value]) => value !== undefined);
    const period = { ...(from && { gte: from.getTime() }), ...(to && { lt: to.getTime() }) };
    const request = {
      query: {
        bool: {
          filter: [
            ...terms.map(([field, value]) => ({ term: { [field]: value } })),
            ...(from || to ? [{ range: { posted_at: period } }] : []),
            ...query.filter(({ isExcluded }) => !isExcluded).map(clauseOf),
          ],
          must_not: query.filter(({ isExcluded }) => isExcluded).map(clauseOf),
        },
      },
      sort: [{ posted_at: 'desc' }, { id: 'desc' }],
      ...(before && { search_after: [before.at.getTime(), before.id] }),
      size: limit,
      track_total_hits: false,
      _source: false,
    };
    const answer = await this.client.post<{ timed_out: boolean; hits: { hits: Array<{ sort: [number, number] }> } }>(
      `/${ALIAS}/_search`,
      request,
      SEARCH_TIMEOUT_MS,
    );
    if (answer.timed_out) throw new ElasticsearchAwayError('the search was cut short');
    return answer.hits.hits.map(({ sort: [at, id] }) => ({ at: new Date(at), id }));
  }
}

function clauseOf({ units, isPrefix }: SearchTerm): object {
  return isPrefix ? { prefix: { text: { value: units[0] } } } : { match_phrase: { text: spaced(units) } };
}

/** Cut and folded here, so that a word is the same thing in every index; Elasticsearch has only the spaces to look for. */
function spaced(units: readonly string[]): string {
  return units.join(' ');
}

/** @throws ElasticsearchAwayError when an item should be sent again; those that were taken are refused then by their version */
function count(result: PutResult, { status, error }: BulkItem): void {
  if (status === 409) result.unchanged++;
  else if (!error) result.indexed++;
  else if (status === 400) {
    result.rejected++;
    log.error('a post cannot be indexed', { event: { action: 'post-index', outcome: 'failure', reason: error.type } }, new Error(error.reason)); // prettier-ignore
  } else throw new ElasticsearchAwayError(`${status} ${error.type}: ${error.reason}`);
}
