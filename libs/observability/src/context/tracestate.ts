const LONGEST = 512;
const MOST_MEMBERS = 32;
const KEY = /^(?:[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** Our own member of the list: asks every hop to log this trace at debug level. */
const OWN_KEY = 'mirante';
const OWN_DEBUG = `${OWN_KEY}=debug`;

/** A `tracestate` header: the members of others, kept as they came, and our own flag. */
export interface TraceState {
  foreign: string | undefined;
  debug: boolean;
}

/**
 * Reads a `tracestate` header (W3C Trace Context, section 3.3). An invalid or doubled member discards the whole list, too
 * many or too long members are cut from the end, where the oldest are.
 */
export function parseTracestate(header: unknown): TraceState {
  const none: TraceState = { foreign: undefined, debug: false };
  const text = Array.isArray(header) ? header.join(',') : header;
  if (typeof text !== 'string' || text === '' || text.length > LONGEST * 8) return none;
  const kept: string[] = [];
  const keys = new Set<string>();
  let length = 0;
  let full = false;
  let debug = false;
  for (const part of text.split(',')) {
    const member = part.trim();
    if (member === '') continue;
    const at = member.indexOf('=');
    const key = member.slice(0, at);
    if (at < 1 || keys.has(key) || !KEY.test(key) || !VALUE.test(member.slice(at + 1))) return none;
    keys.add(key);
    if (key === OWN_KEY) {
      debug = member === OWN_DEBUG;
      continue;
    }
    full ||= kept.length === MOST_MEMBERS - 1 || length + member.length + 1 > LONGEST - OWN_DEBUG.length;
    if (full) continue;
    kept.push(member);
    length += member.length + 1;
  }
  return { foreign: kept.length === 0 ? undefined : kept.join(','), debug };
}

/** Writes a `tracestate` header; ours comes first because we changed it last (section 3.3.1.1). */
export function formatTracestate(foreign: string | undefined, debug: boolean | undefined): string | undefined {
  if (!debug) return foreign;
  return foreign === undefined ? OWN_DEBUG : `${OWN_DEBUG},${foreign}`;
}
