import { CodedError, messageOf } from '#libs/kernel';
import { observedFetch } from '#libs/observability';

export class ElasticsearchAwayError extends CodedError {
  constructor(reason: string, cause?: unknown) {
    super('SEARCH.ELASTICSEARCH_AWAY', 'unavailable', `Elasticsearch does not serve: ${reason}`, { cause });
  }
}

/** Our request was wrong: a bug, or another version of the index. */
export class ElasticsearchRefusalError extends CodedError {
  constructor(status: number, reason: string) {
    super('SEARCH.ELASTICSEARCH_REFUSES', 'internal', `Elasticsearch answered ${status}: ${reason}`);
  }
}

/** Where Elasticsearch is, and as whom to ask. */
export interface ElasticsearchAddress {
  readonly base: string;
  readonly authorization: string | undefined;
}

/** Takes user and password out of an address, where `fetch` refuses them; an API key wins over them. */
export function elasticsearchAddress(address: string, apiKey?: string): ElasticsearchAddress {
  const url = new URL(address);
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const basic = url.username === '' ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  url.username = '';
  url.password = '';
  return { base: url.href, authorization: apiKey === undefined ? basic : `ApiKey ${apiKey}` };
}

/** Answers by which a server says "not now", or that somebody has to set it up first; beside all that are its own failure. */
const NOT_NOW = new Set([401, 403, 404, 429]);

/**
 * The three requests the search of posts makes, over `fetch`: measured and traced like every other call. The official client
 * would add some 30 MB to each process for them.
 */
export class ElasticsearchClient {
  private readonly base: string;

  constructor(
    url: string,
    private readonly authorization: string | undefined,
  ) {
    this.base = url.replace(/\/+$/, '');
  }

  get<T>(path: string, timeoutMs: number): Promise<T> {
    return this.send<T>('GET', path, undefined, 'application/json', timeoutMs);
  }

  post<T>(path: string, body: object, timeoutMs: number): Promise<T> {
    return this.send<T>('POST', path, JSON.stringify(body), 'application/json', timeoutMs);
  }

  bulk<T>(path: string, lines: readonly object[], timeoutMs: number): Promise<T> {
    const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return this.send<T>('POST', path, body, 'application/x-ndjson', timeoutMs);
  }

  /**
   * @throws ElasticsearchAwayError
   * @throws ElasticsearchRefusalError
   */
  private async send<T>(
    method: string,
    path: string,
    body: string | undefined,
    contentType: string,
    timeoutMs: number,
  ): Promise<T> {
    let status: number;
    let text: string;
    try {
      const response = await observedFetch(`${this.base}${path}`, {
        method,
        headers: {
          'content-type': contentType,
          ...(this.authorization !== undefined && { authorization: this.authorization }),
        },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new ElasticsearchAwayError(messageOf(error), error);
    }
    if (status >= 500 || NOT_NOW.has(status)) throw new ElasticsearchAwayError(`${status} ${text.slice(0, 300)}`);
    if (status >= 300) throw new ElasticsearchRefusalError(status, text.slice(0, 300));
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw new ElasticsearchAwayError('what answers is not Elasticsearch', error);
    }
  }
}
