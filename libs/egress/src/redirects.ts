import type { IncomingHttpHeaders } from 'node:http';
import { RedirectRefusedError } from './egress.errors.js';

/** One request of a chain. */
export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Headers another origin may see; credentials were meant for the first one only. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);

/**
 * The request a redirect asks for; nothing when the answer is none.
 *
 * @param check the rules every URL has to pass, the first one and each that follows
 * @throws {RedirectRefusedError} and what `check` throws
 */
export function followTo(
  hop: Hop,
  answer: { status: number; headers: IncomingHttpHeaders },
  check: (url: URL) => URL,
): Hop | undefined {
  const { location } = answer.headers;
  if (!REDIRECTS.has(answer.status) || location === undefined) return undefined;
  if (hop.method !== 'GET' && hop.method !== 'HEAD') {
    throw new RedirectRefusedError(`a ${hop.method} request was redirected`);
  }
  if (!URL.canParse(location, hop.url.href)) throw new RedirectRefusedError('a redirect to nowhere');
  const url = check(new URL(location, hop.url));
  if (hop.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw new RedirectRefusedError('a redirect from https to http');
  }
  if (url.origin === hop.url.origin) return { ...hop, url };
  const headers = Object.fromEntries(Object.entries(hop.headers).filter(([name]) => HARMLESS_HEADERS.has(name)));
  return { ...hop, url, headers };
}
