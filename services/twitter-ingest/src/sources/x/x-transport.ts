import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ApiResponseError, TwitterApi, type ITwitterApiClientPlugin } from 'twitter-api-v2';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { parseAnswer, type XAnswer } from './x-answer.domain.js';
import { Deadline } from './x-deadline.js';
import type { XQuery } from './x-request.domain.js';
import type { XSettings } from './x-settings.js';

/** A stream that has begun, or the answer that refused it. */
export type XConnection = { stream: IncomingMessage } | { refusal: XAnswer };

/** What the library sends for us, and how its answer is recognised. */
interface Exchange {
  response: IncomingMessage | null;
  tooLong: boolean;
  /** Told by the socket; the library may be quicker and know no more than that it has closed. */
  socketError: Error | null;
}

const REFUSAL_BYTES = 64 * 1024;
const LIBRARY_OPTIONS = { fullResponse: true, forceParseMode: 'buffer', forceBodyMode: 'json' } as const;

/**
 * Bytes to and from X. Single requests go through twitter-api-v2, which is kept from what it does badly: it never parses a
 * body (an error body of `{"errors":[null]}` ends the process inside its parser), never unpacks one, never reads a stream.
 * No error leaves here that holds a request: those carry the token.
 */
export class XTransport {
  private readonly base: string;
  /** No connection is kept: X closes idle ones just when the next request is on its way (ECONNRESET in mid-paging).
   * Private for good, because its sockets know the requests. */
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(private readonly settings: XSettings) {
    this.base = `${settings.baseUrl}/2/`;
    const Agent = this.base.startsWith('http:') ? HttpAgent : HttpsAgent;
    this.#agent = new Agent({ keepAlive: false });
  }

  /** @throws UpstreamError `network` when there is no whole answer */
  async get(path: string, query: XQuery, signal: AbortSignal): Promise<XAnswer> {
    return this.exchange(signal, (client) => client.v2.get(path, query, { ...LIBRARY_OPTIONS, prefix: this.base }));
  }

  async post(path: string, body: Record<string, unknown>, signal: AbortSignal): Promise<XAnswer> {
    return this.exchange(signal, (client) => client.v2.post(path, body, { ...LIBRARY_OPTIONS, prefix: this.base }));
  }

  /** Opens a stream, which ends with `signal`; its silence and its end are the reader's concern. */
  async connect(path: string, query: XQuery, signal: AbortSignal): Promise<XConnection> {
    const deadline = new Deadline(signal, this.settings.limits.requestMs);
    try {
      const response = await this.open(path, query, deadline.signal);
      if (response.statusCode === 200) {
        endWith(response, signal);
        return { stream: response };
      }
      const abort = () => response.destroy();
      deadline.signal.addEventListener('abort', abort, { once: true });
      const bytes = await readUpTo(response, REFUSAL_BYTES);
      return { refusal: parseAnswer(response.statusCode ?? 0, response.headers, bytes) };
    } catch (error) {
      throw networkError(error, deadline, signal);
    } finally {
      deadline.clear();
    }
  }

  private open(path: string, query: XQuery, signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(`${this.base}${path}?${new URLSearchParams(query).toString()}`);
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const authorization = `Bearer ${this.bearer()}`;
    return new Promise((resolve, reject) => {
      const request = send(url, { agent: this.#agent, headers: { authorization, 'accept-encoding': 'identity' } });
      const abort = () => request.destroy(new Error('given up'));
      signal.addEventListener('abort', abort, { once: true });
      // Stays on for good: an error nobody listens to would end the process.
      request.on('error', reject);
      request.once('response', (response) => {
        signal.removeEventListener('abort', abort);
        response.on('error', () => {});
        resolve(response);
      });
      if (signal.aborted) abort();
      request.end();
    });
  }

  private async exchange(signal: AbortSignal, send: (client: TwitterApi) => Promise<unknown>): Promise<XAnswer> {
    const deadline = new Deadline(signal, this.settings.limits.requestMs);
    const exchange: Exchange = { response: null, tooLong: false, socketError: null };
    try {
      const plugins = [this.plugin(exchange, deadline.signal)];
      const settings = { plugins, httpAgent: this.#agent as HttpsAgent };
      const { data } = (await send(new TwitterApi(this.bearer(), settings))) as { data: unknown };
      return answerOf(exchange, data);
    } catch (error) {
      if (error instanceof UpstreamError) throw error;
      if (exchange.tooLong) {
        throw new UpstreamError('malformed-answer', 'retry', 'the answer of X is longer than any it documents');
      }
      if (error instanceof ApiResponseError && exchange.response?.complete) return answerOf(exchange, error.data);
      throw networkError(exchange.socketError ?? error, deadline, signal);
    } finally {
      deadline.clear();
    }
  }

  private plugin(exchange: Exchange, signal: AbortSignal): ITwitterApiClientPlugin {
    return {
      onBeforeRequestConfig: ({ params }) => {
        params.compression = false;
        params.enableRateLimitSave = false;
        params.requestEventDebugHandler = (event, seen: { res?: IncomingMessage; error?: Error } | undefined) => {
          if (event === 'socket-error') exchange.socketError = seen?.error ?? null;
          if (event !== 'response' || !seen?.res) return;
          exchange.response = seen.res;
          limitBytes(seen.res, this.settings.limits.responseBytes, () => (exchange.tooLong = true));
        };
      },
      // The library cannot be told to stop, and its time limit is one between two packets.
      onBeforeRequest: ({ requestOptions }) => {
        requestOptions.signal = signal;
      },
    };
  }

  private bearer(): string {
    return this.settings.token?.reveal() ?? 'simulated';
  }
}

/** @throws UpstreamError when the body was cut: the library hands on what it has got as if it were all */
function answerOf({ response, tooLong }: Exchange, data: unknown): XAnswer {
  if (!response?.complete || tooLong || !Buffer.isBuffer(data)) throw new Error('the answer was cut');
  return parseAnswer(response.statusCode ?? 0, response.headers, data);
}

function limitBytes(response: IncomingMessage, most: number, exceeded: () => void): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= most) return;
    exceeded();
    response.destroy();
  });
}

async function readUpTo(response: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= most) break;
  }
  return Buffer.concat(chunks);
}

function endWith(response: IncomingMessage, signal: AbortSignal): void {
  const end = () => response.destroy();
  signal.addEventListener('abort', end, { once: true });
  response.once('close', () => signal.removeEventListener('abort', end));
  if (signal.aborted) end();
}

/** Told in codes of the system only: the errors of the library hold the request with its token, and even its body. */
function networkError(error: unknown, deadline: Deadline, signal: AbortSignal): UpstreamError {
  if (signal.aborted) return new UpstreamError('network', 'retry', 'the request to X was given up by its caller');
  if (deadline.expired) return new UpstreamError('network', 'retry', `X gave no whole answer within ${deadline.ms} ms`);
  const code = systemCode(error);
  return new UpstreamError('network', 'retry', `X gave no whole answer${code === null ? '' : ` (${code})`}`);
}

function systemCode(error: unknown): string | null {
  for (let cause = error; typeof cause === 'object' && cause !== null; cause = causeOf(cause)) {
    if ('code' in cause && typeof cause.code === 'string' && /^[A-Z_0-9]{2,60}$/.test(cause.code)) return cause.code;
  }
  return null;
}

/** Where the library keeps the error of Node. */
function causeOf(error: object): unknown {
  if ('requestError' in error) return error.requestError;
  return 'responseError' in error ? error.responseError : null;
}
