import { Injectable } from '@nestjs/common';
import { limitReservations } from '../gateway.metrics.js';
import { KeyWindowRepository } from './key-window.repository.js';
import { within } from './within.js';

/** How a key stands after a request. */
export interface Standing {
  readonly allowed: boolean;
  /** Requests left of the window, as far as this process knows. */
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetMs: number;
}

interface Window {
  /** Of the monotonic clock, in milliseconds. */
  endsAt: number;
  /** Reserved and not used yet. */
  left: number;
  /** What nobody has reserved, as of the last reservation. */
  unreserved: number;
  /** Counted by this process alone. */
  local: boolean;
  reserving: Promise<void> | undefined;
}

const MINUTE_MS = 60_000;
/** Each reservation takes this part of what is left: large ones first, single requests at the end. */
const PART = 10;
const ANSWER_WITHIN_MS = 300;
const PAUSE_WHILE_AWAY_MS = 2_000;

/**
 * Holds each key to its requests per minute over all gateways, without a write per request: a process reserves a part of
 * what is left of the minute and counts it down in memory. The limit is never exceeded; a process that reserves and falls
 * silent may leave at most a tenth of it unused. While the database is away each process counts alone.
 */
@Injectable()
export class KeyLimit {
  private readonly windows = new Map<string, Window>();
  private localUntil = 0;

  constructor(private readonly shared: KeyWindowRepository) {}

  async take(keyId: string, limit: number): Promise<Standing> {
    for (;;) {
      const now = performance.now();
      let window = this.windows.get(keyId);
      if (!window || now >= window.endsAt) {
        window = { endsAt: now + MINUTE_MS, left: 0, unreserved: limit, local: false, reserving: undefined };
        this.windows.set(keyId, window);
      }
      const resetMs = window.endsAt - now;
      if (window.left > 0) {
        window.left--;
        return { allowed: true, remaining: window.left + window.unreserved, resetMs };
      }
      if (window.unreserved === 0) return { allowed: false, remaining: 0, resetMs };
      await (window.reserving ??= this.reserve(keyId, limit, window));
    }
  }

  private async reserve(keyId: string, limit: number, window: Window): Promise<void> {
    try {
      const wanted = Math.ceil(window.unreserved / PART);
      if (performance.now() < this.localUntil || window.local) this.reserveAlone(window);
      else await this.reserveShared(keyId, limit, window, wanted);
    } finally {
      window.reserving = undefined;
    }
  }

  private async reserveShared(keyId: string, limit: number, window: Window, wanted: number): Promise<void> {
    try {
      const { used, elapsedMs } = await within(ANSWER_WITHIN_MS, this.shared.reserve(keyId, wanted));
      window.left = Math.max(0, wanted - Math.max(0, used - limit));
      window.unreserved = Math.max(0, limit - used);
      window.endsAt = performance.now() + MINUTE_MS - elapsedMs;
      limitReservations.inc({ kind: 'shared' }, window.left);
    } catch {
      this.localUntil = performance.now() + PAUSE_WHILE_AWAY_MS;
      this.reserveAlone(window);
    }
  }

  /** What is left of the minute, all at once: there is nobody to ask. */
  private reserveAlone(window: Window): void {
    window.local = true;
    window.left = window.unreserved;
    window.unreserved = 0;
    limitReservations.inc({ kind: 'local' }, window.left);
  }
}
