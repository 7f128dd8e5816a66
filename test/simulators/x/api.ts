import type { IncomingMessage, ServerResponse } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import { readJson } from '../common/http.js';
import { fieldsOf, XParameterError } from './fields.js';
import { malformed, type XFault } from './faults.js';
import { answerBytes, answerFault, type Answer } from './fault-answers.js';
import { X_ENDPOINTS, type XEndpoint } from './limits.js';
import { problems, resourceNotFound } from './problems.js';
import { render, type Rendered } from './render.js';
import { countPosts, searchPage, type XSearchRules } from './search.js';
import type { XPost } from './x-types.js';
import type { XBackend } from './contract.js';

const PATHS: Readonly<Record<string, XEndpoint>> = {
  'GET /2/tweets/search/recent': 'search',
  'GET /2/tweets/search/all': 'search-all',
  'GET /2/tweets/counts/recent': 'counts',
  'GET /2/tweets/counts/all': 'counts-all',
  'GET /2/tweets': 'lookup',
  'GET /2/tweets/search/stream': 'stream',
  'GET /2/tweets/search/stream/rules': 'rules',
  'POST /2/tweets/search/stream/rules': 'rules',
  'GET /2/usage/tweets': 'usage',
};

const MAX_LOOKUP = 100;

/** Answers the routes of the X API: credential, quota and scripted faults first, then the world. */
export class XApiDouble {
  constructor(
    private readonly simulator: XBackend,
    private readonly rules: XSearchRules,
    private readonly usage: { cap: number; resetDay: number },
    private readonly random: () => number,
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const endpoint = PATHS[`${request.method} ${url.pathname}`];
    response.on('finish', () => {
      const name = `${endpoint ?? 'unknown'} ${response.statusCode}`;
      this.simulator.requests[name] = (this.simulator.requests[name] ?? 0) + 1;
    });
    // A wrong path is answered by the edge, in HTML and whoever asks.
    if (!endpoint) return answerFault({ fault: 'not-found' }, response, {});
    if (!this.knows(request)) return answerBytes(response, { status: 401, body: problems.unauthorized(), headers: {} });
    const fault = this.simulator.faults.take(endpoint, [...url.searchParams.values()].join(' '));
    const quota = this.simulator.limits.take(endpoint);
    if (fault && !AFTER.has(fault.fault)) return answerFault(fault, response, this.faultHeaders(fault, endpoint));
    if (quota.refused)
      return answerBytes(response, { status: 429, body: problems.tooManyRequests(), headers: quota.headers });
    const body = request.method === 'POST' ? await readJson(request) : null;
    let answer: Answer;
    try {
      if (endpoint === 'stream') return this.connect(response, url, quota.headers);
      answer = { headers: quota.headers, ...this.ask(endpoint, url.searchParams, body, request.method!) };
    } catch (error) {
      if (!(error instanceof XParameterError)) throw error;
      const invalid = problems.invalidRequest(error.parameter, error.given, error.message);
      answer = { status: 400, body: invalid, headers: quota.headers };
    }
    await this.deliver(response, answer, fault);
  }

  private async deliver(response: ServerResponse, answer: Answer, fault: XFault | null): Promise<void> {
    const { read } = answer;
    // Charged when it leaves: a reader that loses it on the way has to ask again.
    if (read) this.simulator.ledger.read(read.postIds, read.userIds);
    if (!fault) return answerBytes(response, answer);
    if (fault.fault === 'partial-errors') {
      const extra = resourceNotFound('1', 'referenced_tweets.id', 'suspended');
      const errors = [...((answer.body as { errors?: object[] }).errors ?? []), extra];
      return answerBytes(response, { ...answer, body: { ...answer.body, errors } });
    }
    if (fault.fault === 'malformed') {
      const bytes = malformed(Buffer.from(JSON.stringify(answer.body)), this.random);
      return answerBytes(response, { ...answer, bytes });
    }
    return answerFault(fault, response, answer.headers, answer);
  }

  private ask(
    endpoint: Exclude<XEndpoint, 'stream'>,
    query: URLSearchParams,
    body: unknown,
    method: string,
  ): Omit<Answer, 'headers'> {
    switch (endpoint) {
      case 'search':
      case 'search-all': {
        const page = searchPage(this.simulator.world, query, this.rules, endpoint === 'search-all');
        return this.posts(page.posts, query, { meta: page.meta });
      }
      case 'counts':
      case 'counts-all':
        return this.counts(query, endpoint === 'counts-all');
      case 'lookup':
        return this.lookup(query);
      case 'rules': {
        const ids = query.get('ids')?.split(',') ?? null;
        if (method === 'GET') return { status: 200, body: this.simulator.rules.list(ids) };
        return this.simulator.rules.change(body, query.get('dry_run') === 'true');
      }
      case 'usage':
        return { status: 200, body: this.usageBody() };
      default:
        throw new Error(`no answer for ${String(endpoint satisfies never)}`);
    }
  }

  private posts(
    posts: readonly XPost[],
    query: URLSearchParams,
    rest: object,
    errors: object[] = [],
  ): Omit<Answer, 'headers'> {
    const rendered: Rendered = render(posts, fieldsOf(query), this.simulator.world);
    const all = [...errors, ...rendered.errors];
    return {
      status: 200,
      body: {
        ...(rendered.data.length > 0 && { data: rendered.data }),
        ...(rendered.includes && { includes: rendered.includes }),
        ...(all.length > 0 && { errors: all }),
        ...rest,
      },
      read: rendered,
    };
  }

  private lookup(query: URLSearchParams): Omit<Answer, 'headers'> {
    const ids = (query.get('ids') ?? '').split(',');
    const wrong = ids.find((id) => !/^[0-9]{1,19}$/.test(id));
    if (wrong !== undefined) {
      throw new XParameterError('ids', wrong, `The \`ids\` query parameter value [${wrong}] is not valid`);
    }
    if (ids.length > MAX_LOOKUP) {
      throw new XParameterError('ids', ids.join(','), `The number of values in the \`ids\` query parameter list [${ids.length}] is not between 1 and ${MAX_LOOKUP}`); // prettier-ignore
    }
    const { world } = this.simulator;
    const found: XPost[] = [];
    const errors: object[] = [];
    for (const id of new Set(ids)) {
      const post = world.find(id);
      if (post && world.isVisible(post)) found.push(post);
      else
        errors.push(
          resourceNotFound(id, 'ids', post?.deleted === false ? world.user(post.authorId).status : undefined),
        );
    }
    return this.posts(found, query, {}, errors);
  }

  private counts(query: URLSearchParams, archive: boolean): Omit<Answer, 'headers'> {
    const { buckets, total } = countPosts(this.simulator.world, query, this.rules, archive);
    this.simulator.ledger.counted(archive);
    return {
      status: 200,
      body: {
        data: buckets.map(({ start, end, count }) => ({
          end: new Date(end).toISOString(),
          start: new Date(start).toISOString(),
          tweet_count: count,
        })),
        meta: { total_tweet_count: total },
      },
    };
  }

  private usageBody(): object {
    const { ledger } = this.simulator;
    return {
      data: {
        cap_reset_day: this.usage.resetDay,
        project_cap: String(this.usage.cap),
        project_id: '1369785403853424000',
        project_usage: String(ledger.bill().posts),
        daily_project_usage: {
          project_id: '1369785403853424000',
          usage: ledger.perDay().map(({ date, posts }) => ({ date: `${date}T00:00:00.000Z`, usage: String(posts) })),
        },
      },
    };
  }

  private connect(response: ServerResponse, url: URL, headers: Record<string, string>): void {
    const { stream, rules } = this.simulator;
    if (rules.size === 0) return answerBytes(response, { status: 409, body: problems.noRules(), headers });
    if (stream.open >= stream.behaviour.maxConnections) {
      return answerBytes(response, { status: 429, body: problems.tooManyConnections(), headers });
    }
    stream.connect(response, fieldsOf(url.searchParams), headers);
  }

  /** Some refusals come from the edge, which knows of no quota. */
  private faultHeaders(fault: XFault, endpoint: XEndpoint): Record<string, string> {
    const { limits, world } = this.simulator;
    switch (fault.fault) {
      case 'rate-window': {
        const reset = Math.ceil((world.now() + (fault.resetInMs ?? 1_000)) / 1_000);
        return { ...limits.headers(endpoint, 0), 'x-rate-limit-reset': String(reset) };
      }
      case 'rate-second':
        return limits.headers(endpoint, 299);
      case 'usage-cap':
        return limits.headers(endpoint, 39_999);
      case 'unauthorized':
      case 'credits':
      case 'not-found':
      case 'bare-429':
      case 'unavailable-html':
        return {};
      default:
        return limits.headers(endpoint, 100);
    }
  }

  private knows(request: IncomingMessage): boolean {
    const given = Buffer.from(request.headers.authorization ?? '');
    const expected = Buffer.from(`Bearer ${this.simulator.bearer}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

/** Faults of an answer that is otherwise right, and billed. */
const AFTER: ReadonlySet<string> = new Set(['partial-errors', 'malformed', 'half', 'slow-body', 'latency']);

export function isXEndpoint(name: string): name is XEndpoint {
  return (X_ENDPOINTS as readonly string[]).includes(name);
}
