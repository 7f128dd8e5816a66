import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { processEgress, type GuardedAnswer } from '#libs/egress';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { callFailureOf, failureOf, malformed } from './mastodon-failure.js';
import { mapPage, type MastodonPage } from './mastodon-page.mapper.js';
import { mastodonConfigSchema } from './mastodon.config.js';
import { rateRemaining } from './mastodon.metrics.js';
import { paceMs, rateLimitOf, retryAt, type RateLimit } from './rate-limits.js';

const MAX_BYTES = 8 * 1024 * 1024;
const TIMEOUT_MS = 15_000;

/** Most posts an instance gives at once. */
const PAGE = 40;

/** Where on a timeline: below an id, directly above one, or at its head. */
export type PageAsk = { maxId: string } | { minId: string } | { head: true };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The public REST API of the configured instances. Knows how much each of them still allows our address. */
@Injectable()
export class MastodonClient {
  private readonly origins = new Map(
    loadConfig(mastodonConfigSchema).MIRANTE_MASTODON_INSTANCES.map((origin) => [new URL(origin).host, origin]),
  );
  private readonly limits = new Map<string, RateLimit>();
  private readonly egress = processEgress();

  get hosts(): readonly string[] {
    return [...this.origins.keys()];
  }

  /**
   * One page of the timeline of a tag.
   *
   * @param patient whether a closed instance is worth waiting for
   * @throws UpstreamError
   */
  async page(host: string, tag: string, ask: PageAsk, patient: boolean, stop: AbortSignal): Promise<MastodonPage> {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if ('maxId' in ask) query.set('max_id', ask.maxId);
    if ('minId' in ask) query.set('min_id', ask.minId);
    const body = await this.get(host, `/api/v1/timelines/tag/${encodeURIComponent(tag)}?${query}`, patient, stop);
    const page = mapPage(body);
    if (!page) throw malformed(host, 'the answer is no list of posts');
    return page;
  }

  /** Whether an instance no longer shows a status at all. @throws UpstreamError when it does not tell */
  async isGone(host: string, id: string, stop: AbortSignal): Promise<boolean> {
    try {
      await this.get(host, `/api/v1/statuses/${encodeURIComponent(id)}`, true, stop);
      return false;
    } catch (error) {
      if (error instanceof UpstreamError && (error.details.status === 404 || error.details.status === 410)) return true;
      throw error;
    }
  }

  /** How often a tag was used in the last days, as far as the instance knows; null when it does not tell. */
  async uses(host: string, tag: string, stop: AbortSignal): Promise<number | null> {
    const body = await this.get(host, `/api/v1/tags/${encodeURIComponent(tag)}`, false, stop);
    const history = typeof body === 'object' && body !== null && 'history' in body ? body.history : null;
    if (!Array.isArray(history)) return null;
    const days = history.slice(0, 7).map((day: unknown) => Number((day as { uses?: unknown } | null)?.uses));
    return days.every((uses) => Number.isSafeInteger(uses) && uses >= 0) ? days.reduce((a, b) => a + b, 0) : null;
  }

  /** Milliseconds until an instance should be asked again, so that its limit is never reached. */
  pace(host: string): number {
    return paceMs(this.limits.get(host) ?? null, Date.now());
  }

  private async get(host: string, path: string, patient: boolean, stop: AbortSignal): Promise<unknown> {
    const origin = this.origins.get(host);
    if (origin === undefined) {
      throw new UpstreamError('rejected-request', 'fail', `${host} is not one of the configured instances`);
    }
    const known = this.limits.get(host);
    if (known && known.remaining === 0 && known.resetAt > Date.now()) {
      const until = new Date(known.resetAt);
      throw new UpstreamError('rate-window', 'wait', `${host} allows no more requests in this window`, { until });
    }
    const answer = await this.egress
      .fetch(origin + path, {
        headers: { accept: 'application/json' },
        maxBytes: MAX_BYTES,
        timeoutMs: TIMEOUT_MS,
        signal: stop,
        label: host,
      })
      .catch((error: unknown) => {
        throw callFailureOf(host, error);
      });
    this.noteLimit(host, answer);
    if (answer.status !== 200) throw failureOf(host, answer, patient, Date.now());
    try {
      return JSON.parse(utf8.decode(answer.body)) as unknown;
    } catch {
      throw malformed(host, 'the answer is not JSON');
    }
  }

  private noteLimit(host: string, { status, headers }: GuardedAnswer): void {
    const now = Date.now();
    const told = rateLimitOf(headers, now);
    if (status === 429) {
      this.limits.set(host, { limit: told?.limit ?? 1, remaining: 0, resetAt: retryAt(headers, now).getTime() });
    } else if (told) this.limits.set(host, told);
    const rate = this.limits.get(host);
    if (rate) rateRemaining.set({ server_address: host }, rate.remaining / rate.limit);
  }
}
