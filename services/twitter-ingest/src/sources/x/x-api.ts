import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Source } from '#libs/contracts';
import { UpstreamError } from '../../captures/upstream.errors.js';
import type * as X from './x-api.types.js';
import { readCheck } from './x-check.mapper.js';
import { XClient } from './x-client.js';
import { malformed, partialErrorsOf, readCounts, readLookup, readSearchPage } from './x-page.mapper.js';
import { checkQuery, countsQuery, fieldsQuery, searchQuery, type XQuery } from './x-request.domain.js';
import { rulesIn } from './x-rules.mapper.js';
import { xSettings, type XSettings } from './x-settings.js';
import { storeAs } from './x-simulated.domain.js';
import { readStreamLine } from './x-stream.mapper.js';
import { readLines } from './x-stream.reader.js';
import { usageOf } from './x-usage.domain.js';

/** Token of settings other than those of the environment. */
export const X_SETTINGS = Symbol('X_SETTINGS');

/** Prices of requests that are charged as such, in millionths of a dollar. */
const COUNTS_PRICE = { recent: 5_000, all: 10_000 } as const;
const STREAM_PATH = 'tweets/search/stream';
const RULES_PATH = `${STREAM_PATH}/rules`;
/** 1 000 rules are allowed and come on one page; more pages than these are a loop. */
const MOST_RULE_PAGES = 5;

/** The X API v2, one request a call. Every failure is an `UpstreamError` that says what to do about it. */
@Injectable()
export class XApi {
  /** The source its posts are stored under: the simulator never passes for X. */
  readonly storedAs: Source;
  private readonly settings: XSettings;
  private readonly client: XClient;

  constructor(@Optional() @Inject(X_SETTINGS) settings: XSettings | null = null) {
    this.settings = settings ?? xSettings();
    this.storedAs = this.settings.simulated ? 'x-simulator' : 'x';
    this.client = new XClient(this.settings, this.storedAs);
  }

  /** Whether there is anything to ask: a token, or a simulator. */
  get configured(): boolean {
    return this.client.configured;
  }

  async search(search: X.XSearch, signal: AbortSignal): Promise<X.XPage> {
    const path = search.archive ? 'tweets/search/all' : 'tweets/search/recent';
    const query = searchQuery(search, this.settings.spelling);
    return this.client.get(path, query, signal, (answer) => this.stored(readSearchPage(answer, search.nextToken)));
  }

  async counts(query: string, ask: X.XCountsAsk, signal: AbortSignal): Promise<X.XCounts> {
    const kind = ask.archive ? 'all' : 'recent';
    return this.client.get(`tweets/counts/${kind}`, countsQuery(query, ask), signal, (answer) =>
      readCounts(answer, COUNTS_PRICE[kind], ask.nextToken),
    );
  }

  /** @param ids at most 100 */
  async lookup(ids: readonly string[], signal: AbortSignal): Promise<X.XLookup> {
    const query = { ids: ids.join(','), ...fieldsQuery(this.settings.spelling) };
    return this.client.get('tweets', query, signal, (answer) => this.stored(readLookup(answer, ids)));
  }

  /** As {@link lookup}, but only whether the posts are still there: nothing beside them is asked for and paid. */
  async check(ids: readonly string[], signal: AbortSignal): Promise<X.XCheck> {
    const query = { ids: ids.join(','), ...checkQuery(this.settings.spelling) };
    return this.client.get('tweets', query, signal, (answer) => readCheck(answer, ids));
  }

  async rules(signal: AbortSignal): Promise<X.XRule[]> {
    const rules: X.XRule[] = [];
    let query: XQuery = {};
    for (let page = 0; page < MOST_RULE_PAGES; page++) {
      const read = await this.client.get(RULES_PATH, query, signal, ({ body }) => rulesIn(body));
      rules.push(...read.rules);
      if (typeof read.meta.next_token !== 'string') return rules;
      query = { pagination_token: read.meta.next_token };
    }
    throw malformed('its list of rules has no end');
  }

  /** Deletes first, to make room. Two requests: a failure of the second leaves the first done. */
  async changeRules(change: X.XRuleChange, signal: AbortSignal): Promise<X.XRuleResult> {
    const result: X.XRuleResult = { added: [], deleted: 0, errors: [] };
    if (change.delete && change.delete.length > 0) {
      const { errors } = await this.postRules({ delete: { ids: change.delete } }, signal);
      result.deleted = change.delete.length - errors.length;
      result.errors.push(...errors);
    }
    if (change.add && change.add.length > 0) {
      const { rules, errors } = await this.postRules({ add: change.add }, signal);
      result.added = rules;
      result.errors.push(...errors);
    }
    return result;
  }

  async usage(signal: AbortSignal): Promise<X.XUsage> {
    return this.client.get('usage/tweets', {}, signal, ({ body }) => {
      const usage = usageOf(body, new Date());
      if (!usage) throw malformed('it has no cap, usage or reset day');
      return usage;
    });
  }

  /** One connection: ends when X ends it, throws UpstreamError when it breaks, is silent for 30 s or is refused. */
  async stream(signal: AbortSignal): Promise<AsyncIterable<X.XStreamItem>> {
    return this.items(await this.client.connect(STREAM_PATH, fieldsQuery(this.settings.spelling), signal), signal);
  }

  private async *items(stream: IncomingMessage, signal: AbortSignal): AsyncGenerator<X.XStreamItem> {
    try {
      for await (const line of readLines(stream, this.settings.limits, signal)) {
        const item = readStreamLine(line);
        if (item.type === 'problem') throw await this.client.errorOf(item.problem, signal);
        if (item.type === 'record') storeAs(this.storedAs, item.mapped);
        if (item.type === 'malformed') this.client.count(200, 'malformed-answer');
        yield item;
      }
    } catch (error) {
      if (error instanceof UpstreamError) this.client.count(undefined, error.reason);
      throw error;
    }
  }

  private async postRules(body: object, signal: AbortSignal) {
    return this.client.post(RULES_PATH, body, signal, (answer) => ({
      rules: rulesIn(answer.body).rules,
      errors: partialErrorsOf(answer.body),
    }));
  }

  private stored<Page extends X.XPage>(page: Page): Page {
    storeAs(this.storedAs, page.mapped);
    return page;
  }
}
