import type { XRate } from './x-api.types.js';

export type XHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** What came back over HTTP, whatever it is. */
export interface XAnswer {
  status: number;
  headers: XHeaders;
  /** The parsed JSON; undefined when the body is something else, whatever its content type says. */
  body: unknown;
}

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A non-negative whole number, also as a string of digits, as X writes its large figures. */
export function figureOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** X's answers are JSON even where the content type says otherwise, and HTML even where it says JSON: only trying tells. */
export function parseAnswer(status: number, headers: XHeaders, bytes: Uint8Array): XAnswer {
  return { status, headers, body: parseJson(bytes) };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The value, or undefined for what is no JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

export function headerOf(headers: XHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** The limits are missing on answers from the edge (401, 402, some 429): null. */
export function rateOf(headers: XHeaders): XRate | null {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((part) =>
    figureOf(headerOf(headers, `x-rate-limit-${part}`)),
  );
  if (typeof limit !== 'number' || typeof remaining !== 'number' || typeof reset !== 'number') return null;
  if (reset > 1e11) return null;
  return { limit, remaining, resetAt: new Date(reset * 1_000) };
}

/** The clock of the server, if it shows one: `reset` is meant by that clock, not by ours. */
export function serverTimeOf(headers: XHeaders): number | null {
  const time = Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isNaN(time) ? null : time;
}

/** Last path segment of a problem type: the host in front of it has changed twice. */
export function problemType(problem: unknown): string {
  if (!isJson(problem) || typeof problem.type !== 'string') return 'unknown';
  const segment = problem.type.split(/[/#]/).findLast((part) => part !== '') ?? '';
  return /^[a-z][a-z-]{1,60}$/.test(segment) ? segment : 'unknown';
}
