import type { IncomingMessage } from 'node:http';
import type { Source } from '#libs/contracts';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { upstreamRateRemaining, upstreamRequests } from '../upstream.metrics.js';
import { isJson, rateOf, type XAnswer, type XHeaders } from './x-answer.domain.js';
import { Deadline } from './x-deadline.js';
import { namedProblem, problemOf, type XProblem } from './x-problem.domain.js';
import type { XQuery } from './x-request.domain.js';
import type { XSettings } from './x-settings.js';
import { XTransport } from './x-transport.js';
import { usageOf } from './x-usage.domain.js';

type Read<Result> = (answer: XAnswer) => Result;

const USAGE_PATH = 'usage/tweets';
const USAGE_MS = 10_000;

/** Sends requests, judges what comes back and counts both. Knows problems of X, but not what its answers are about. */
export class XClient {
  private readonly transport: XTransport;

  constructor(
    private readonly settings: XSettings,
    private readonly source: Source,
  ) {
    this.transport = new XTransport(settings);
  }

  get configured(): boolean {
    return this.settings.simulated || this.settings.token !== null;
  }

  async get<Result>(path: string, query: XQuery, signal: AbortSignal, read: Read<Result>): Promise<Result> {
    return this.ask(path, signal, () => this.transport.get(path, query, signal), read);
  }

  async post<Result>(path: string, body: object, signal: AbortSignal, read: Read<Result>): Promise<Result> {
    return this.ask(path, signal, () => this.transport.post(path, { ...body }, signal), read);
  }

  /** @returns the open stream; to be read with the signal it was opened with */
  async connect(path: string, query: XQuery, signal: AbortSignal): Promise<IncomingMessage> {
    return this.counted(path, async () => {
      const opened = await this.transport.connect(path, query, signal);
      if ('refusal' in opened) throw await this.refused(opened.refusal, path, signal);
      return { value: opened.stream, status: 200, headers: opened.stream.headers };
    });
  }

  async errorOf(problem: XProblem, signal: AbortSignal, status?: number): Promise<UpstreamError> {
    const capResetAt = problem.untilCapReset ? await this.capResetAt(signal) : undefined;
    const until = problem.waitMs === undefined ? capResetAt : new Date(Date.now() + problem.waitMs);
    return new UpstreamError(problem.reason, problem.reaction, this.withoutToken(problem.message), {
      requests: problem.untilCapReset ? 2 : 1,
      ...(until && { until }),
      ...(status !== undefined && { status }),
    });
  }

  count(status: number | undefined, reason: string): void {
    const statusClass = status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
    upstreamRequests.inc({ source: this.source, status_class: statusClass, reason });
  }

  private async ask<Result>(
    path: string,
    signal: AbortSignal,
    send: () => Promise<XAnswer>,
    read: Read<Result>,
  ): Promise<Result> {
    return this.counted(path, async () => {
      const answer = await send();
      const { status, headers, body } = answer;
      // A success that tells of a problem and of nothing else is none.
      const empty = isJson(body) && body.data === undefined && body.meta === undefined;
      const refused = status < 200 || status >= 300 || (empty && namedProblem(body) !== null);
      if (refused) throw await this.refused(answer, path, signal);
      try {
        return { value: read(answer), status, headers };
      } catch (error) {
        throw error instanceof UpstreamError ? withStatus(error, status) : error;
      }
    });
  }

  private async counted<Value>(
    path: string,
    work: () => Promise<{ value: Value; status: number; headers: XHeaders }>,
  ): Promise<Value> {
    if (!this.configured) {
      throw new UpstreamError('auth', 'halt-source', 'MIRANTE_X_BEARER_TOKEN is not set', { requests: 0 });
    }
    try {
      const { value, status, headers } = await work();
      this.showRate(path, headers);
      this.count(status, 'ok');
      return value;
    } catch (error) {
      if (error instanceof UpstreamError) this.count(error.details.status, error.reason);
      throw error;
    }
  }

  private async refused(answer: XAnswer, path: string, signal: AbortSignal): Promise<UpstreamError> {
    this.showRate(path, answer.headers);
    const context = { now: Date.now(), random: Math.random(), archive: path.endsWith('/all') };
    return this.errorOf(problemOf(answer, context), signal, answer.status);
  }

  /** The cap has no header: X tells its day elsewhere. Unknown is until somebody acts, with a probe every hour. */
  private async capResetAt(signal: AbortSignal): Promise<Date | undefined> {
    const deadline = new Deadline(signal, USAGE_MS);
    try {
      const { status, body } = await this.transport.get(USAGE_PATH, {}, deadline.signal);
      return status === 200 ? usageOf(body, new Date())?.capResetAt : undefined;
    } catch {
      return undefined;
    } finally {
      deadline.clear();
    }
  }

  /** X, or whoever answers in its place, may repeat what it was sent. */
  private withoutToken(text: string): string {
    const token = this.settings.token?.reveal();
    return token ? text.replaceAll(token, '[token]') : text;
  }

  private showRate(path: string, headers: XHeaders): void {
    const rate = rateOf(headers);
    if (rate) upstreamRateRemaining.set({ source: this.source, endpoint: path }, rate.remaining);
  }
}

function withStatus(error: UpstreamError, status: number): UpstreamError {
  return new UpstreamError(error.reason, error.reaction, error.message, { ...error.details, status, requests: 1 });
}
