import type { LogLevel } from './levels.js';

const MOST_KEYS = 2_000;

export interface RepeatPolicy {
  /** Most lines with the same logger and message in one window. */
  maxPerWindow: number;
  windowMs: number;
}

export const DEFAULT_REPEAT: RepeatPolicy = { maxPerWindow: 1_000, windowMs: 10_000 };

/** A message of which lines were left out. */
export interface Suppressed {
  logger: string;
  message: string;
  count: number;
}

interface Seen extends Suppressed {
  lines: number;
}

/** Thins out debug and info lines that repeat themselves; warnings and errors always pass. */
export class RepeatLimiter {
  readonly #policy: RepeatPolicy;
  readonly #report: (suppressed: Suppressed) => void;
  #seen = new Map<string, Seen>();
  #windowEndMs = 0;

  constructor(policy: RepeatPolicy, report: (suppressed: Suppressed) => void) {
    this.#policy = policy;
    this.#report = report;
  }

  allows(level: LogLevel, logger: string, message: string, nowMs: number): boolean {
    if (level === 'warn' || level === 'error') return true;
    if (nowMs >= this.#windowEndMs) this.startWindow(nowMs);
    const key = `${logger}\u0001${message.length > 300 ? message.slice(0, 300) : message}`;
    const seen = this.#seen.get(key);
    if (!seen) {
      if (this.#seen.size < MOST_KEYS)
        this.#seen.set(key, { logger, message: message.slice(0, 300), lines: 1, count: 0 });
      return true;
    }
    if (++seen.lines <= this.#policy.maxPerWindow) return true;
    seen.count++;
    return false;
  }

  /** Reports what the past window left out and begins a new one. */
  startWindow(nowMs: number): void {
    this.#windowEndMs = nowMs + this.#policy.windowMs;
    if (this.#seen.size === 0) return;
    const past = this.#seen;
    this.#seen = new Map();
    for (const { logger, message, count } of past.values()) if (count > 0) this.#report({ logger, message, count });
  }
}
