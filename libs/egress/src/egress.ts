import type { LookupFunction } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import type { Agent } from 'undici';
import { loadConfig } from '#libs/config';
import type { AllowList } from './allow-list.js';
import { callObserved } from './call-observed.js';
import { egressConfigSchema } from './egress.config.js';
import {
  AnswerTooLargeError,
  EgressError,
  EgressTimeoutError,
  RedirectRefusedError,
  UnreachableError,
} from './egress.errors.js';
import { EgressPolicy, portOf } from './egress-policy.js';
import { guardedAgent } from './guarded-agent.js';
import { guardedLookup, systemResolve, type Resolve } from './guarded-lookup.js';
import { ACCEPTED_ENCODINGS, readBody } from './read-body.js';
import { reasonOf } from './reason-of.js';
import { followTo, type Hop } from './redirects.js';

/** What a call may cost and take; nothing is without a limit. */
export interface GuardedRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Most bytes of the answer, unpacked; default 10 MiB. */
  maxBytes?: number;
  /** For everything together: names, connections, redirects, body; default 10 s. */
  timeoutMs?: number;
  /** Default 3; only GET and HEAD are redirected at all. */
  maxRedirects?: number;
  /** Ends the call; it then throws the reason of the signal. */
  signal?: AbortSignal;
  /** `server_address` in the metrics. Hosts chosen by users have no bound, so it is `external` unless a caller knows better. */
  label?: string;
}

/** A complete answer, whatever its status. */
export interface GuardedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Where the answer came from, after redirects. */
  url: string;
  body: Buffer;
}

/** What `ws` has to be given to connect under the same rules. */
export interface GuardedSocketOptions {
  lookup: LookupFunction;
  followRedirects: false;
  perMessageDeflate: false;
  handshakeTimeout: number;
}

/** How an {@link Egress} differs from the one the environment describes. */
export interface EgressOptions {
  /** Default: `MIRANTE_EGRESS_ALLOW`. */
  allow?: AllowList;
  /** Default: the system's resolver. */
  resolve?: Resolve;
}

const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_REDIRECTS = 3;
const USER_AGENT = 'Mirante';

/** Calls to hosts that users or operators name. See the README for what is refused and why. */
export class Egress {
  readonly #policy: EgressPolicy;
  readonly #resolve: Resolve;
  readonly #agent: Agent;

  constructor({
    allow = loadConfig(egressConfigSchema).MIRANTE_EGRESS_ALLOW,
    resolve = systemResolve,
  }: EgressOptions = {}) {
    this.#policy = new EgressPolicy(allow);
    this.#resolve = resolve;
    this.#agent = guardedAgent(this.#policy, resolve);
  }

  /**
   * Calls a URL and reads the whole answer. An answer with an error status is an answer.
   *
   * @throws {EgressError} in all its forms; the message names the host at most
   */
  async fetch(url: string | URL, request: GuardedRequest = {}): Promise<GuardedAnswer> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = request;
    const hop = this.#firstHop(url, request);
    signal?.throwIfAborted();
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(new EgressTimeoutError(timeoutMs)), timeoutMs);
    const onAbort = () => over.abort(signal!.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#follow(hop, request, over.signal);
    } catch (error) {
      if (over.signal.aborted) throw over.signal.reason;
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /**
   * Tells early what {@link fetch} would refuse by the URL alone. A name may still lead nowhere public.
   *
   * @throws {UrlRefusedError | AddressRefusedError}
   */
  assertAllowed(url: string | URL): void {
    this.#policy.check(url, ['http:', 'https:']);
  }

  /**
   * Checks a `ws:` or `wss:` URL and gives what `new WebSocket(url, options)` of `ws` needs to keep to the rules.
   *
   * @throws {UrlRefusedError | AddressRefusedError}; a name that leads nowhere public fails when it is resolved
   */
  webSocketOptions(url: string | URL): GuardedSocketOptions {
    const checked = this.#policy.check(url, ['ws:', 'wss:']);
    return {
      lookup: guardedLookup(this.#policy, portOf(checked), this.#resolve),
      followRedirects: false,
      perMessageDeflate: false,
      handshakeTimeout: DEFAULT_TIMEOUT_MS,
    };
  }

  /** Closes idle connections; calls that run are let finish. */
  close(): Promise<void> {
    return this.#agent.close();
  }

  #firstHop(url: string | URL, { method = 'GET', headers = {}, body }: GuardedRequest): Hop {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    return {
      url: this.#policy.check(url, ['http:', 'https:']),
      method,
      headers: { 'user-agent': USER_AGENT, ...given, 'accept-encoding': ACCEPTED_ENCODINGS },
      body,
    };
  }

  async #follow(first: Hop, request: GuardedRequest, signal: AbortSignal): Promise<GuardedAnswer> {
    const { maxBytes = DEFAULT_MAX_BYTES, maxRedirects = DEFAULT_REDIRECTS, label = 'external' } = request;
    let hop = first;
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#once(hop, maxBytes, label, signal);
      const next = followTo(hop, answer, (target) => this.#policy.check(target, ['http:', 'https:']));
      if (!next) return answer;
      if (redirects === maxRedirects) throw new RedirectRefusedError(`more than ${maxRedirects} redirects`);
      hop = next;
    }
  }

  async #once(hop: Hop, maxBytes: number, label: string, signal: AbortSignal): Promise<GuardedAnswer> {
    try {
      const answer = await callObserved(this.#agent, hop, label, signal);
      const { 'content-encoding': encoding = '', 'content-length': length = '' } = answer.headers;
      try {
        if (Number(length) > maxBytes && hop.method !== 'HEAD') throw new AnswerTooLargeError(maxBytes);
        const empty = hop.method === 'HEAD' || answer.statusCode === 204 || answer.statusCode === 304;
        const body = await readBody(answer.body, empty ? '' : String(encoding), maxBytes);
        return { status: answer.statusCode, headers: answer.headers, url: hop.url.href, body };
      } catch (error) {
        answer.body.on('error', () => undefined).destroy();
        throw error;
      }
    } catch (error) {
      if (signal.aborted || error instanceof EgressError) throw error;
      throw new UnreachableError(hop.url.hostname, reasonOf(error), error);
    }
  }
}
