/** How often an endpoint may be asked with an app's bearer token. */
export interface EndpointLimit {
  requests: number;
  /** Least time between two requests, for endpoints with a limit per second. */
  spacingMs: number;
}

/** Length of X's rate windows. */
export const WINDOW_MS = 15 * 60_000;

/** X developer docs, "X API Rate Limits" (per app, per 15 minutes), read in August 2026. The headers of an answer overrule it. */
export const X_ENDPOINTS = {
  'search-recent': { requests: 450, spacingMs: 0 },
  'search-archive': { requests: 300, spacingMs: 1_000 },
  'counts-recent': { requests: 300, spacingMs: 0 },
  'counts-archive': { requests: 300, spacingMs: 1_000 },
  lookup: { requests: 3_500, spacingMs: 0 },
  stream: { requests: 50, spacingMs: 0 },
  'rules-read': { requests: 450, spacingMs: 0 },
  'rules-write': { requests: 100, spacingMs: 0 },
  usage: { requests: 50, spacingMs: 0 },
} as const satisfies Record<string, EndpointLimit>;

/** One of the endpoints whose quota is shared. */
export type XEndpoint = keyof typeof X_ENDPOINTS;
