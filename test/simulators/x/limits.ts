export const X_ENDPOINTS = [
  'search',
  'search-all',
  'counts',
  'counts-all',
  'lookup',
  'stream',
  'rules',
  'usage',
] as const;
export type XEndpoint = (typeof X_ENDPOINTS)[number];

export interface XWindow {
  limit: number;
  windowMs: number;
  /** Requests within one second; the second one is refused although the window has room. */
  perSecond?: number;
}

const QUARTER = 15 * 60_000;

/** What X documents for an app. */
export const X_WINDOWS: Readonly<Record<XEndpoint, XWindow>> = {
  search: { limit: 450, windowMs: QUARTER },
  'search-all': { limit: 300, windowMs: QUARTER, perSecond: 1 },
  counts: { limit: 300, windowMs: QUARTER },
  'counts-all': { limit: 300, windowMs: QUARTER, perSecond: 1 },
  lookup: { limit: 3_500, windowMs: QUARTER },
  stream: { limit: 50, windowMs: QUARTER },
  rules: { limit: 450, windowMs: QUARTER },
  usage: { limit: 50, windowMs: QUARTER },
};

export interface XQuota {
  headers: Record<string, string>;
  refused: 'window' | 'second' | null;
}

/** Counts requests per endpoint and window, as the `x-rate-limit` headers tell them. */
export class XLimits {
  private readonly state = new Map<
    XEndpoint,
    { startedAt: number; used: number; secondAt: number; inSecond: number }
  >();
  private readonly windows: Record<XEndpoint, XWindow>;

  constructor(
    private readonly now: () => number,
    windows: Partial<Record<XEndpoint, XWindow>> = {},
  ) {
    this.windows = { ...X_WINDOWS, ...windows };
  }

  set(endpoint: XEndpoint, window: XWindow): void {
    this.windows[endpoint] = window;
    this.state.delete(endpoint);
  }

  take(endpoint: XEndpoint): XQuota {
    const { limit, windowMs, perSecond } = this.windows[endpoint];
    const now = this.now();
    let state = this.state.get(endpoint);
    if (!state || now >= state.startedAt + windowMs) {
      this.state.set(endpoint, (state = { startedAt: now, used: 0, secondAt: now, inSecond: 0 }));
    }
    if (now >= state.secondAt + 1_000) Object.assign(state, { secondAt: now, inSecond: 0 });
    const full = state.used >= limit;
    const tooFast = perSecond !== undefined && state.inSecond >= perSecond;
    if (!full) {
      state.used++;
      state.inSecond++;
    }
    return {
      headers: this.headers(endpoint, limit - state.used),
      refused: full ? 'window' : tooFast ? 'second' : null,
    };
  }

  /** Headers that tell of `remaining` requests until the window ends. */
  headers(endpoint: XEndpoint, remaining: number): Record<string, string> {
    const { limit, windowMs } = this.windows[endpoint];
    const endsAt = (this.state.get(endpoint)?.startedAt ?? this.now()) + windowMs;
    return {
      'x-rate-limit-limit': String(Math.max(limit, remaining)),
      'x-rate-limit-remaining': String(remaining),
      'x-rate-limit-reset': String(Math.ceil(endsAt / 1_000)),
    };
  }
}
