const FIELDS = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;
const VERSION_00_LENGTH = 55;
const LONGEST = 512;
const ZERO_TRACE = '0'.repeat(32);
const ZERO_SPAN = '0'.repeat(16);

/** What a `traceparent` header says. */
export interface TraceParent {
  traceId: string;
  /** Span id of the caller. */
  parentId: string;
  sampled: boolean;
}

/**
 * Reads a `traceparent` header (W3C Trace Context, section 3.2). Version 00 has to match exactly; of a higher version the
 * first four fields are used and the rest is ignored, as section 4.3 asks for; version ff is invalid.
 *
 * @returns undefined when the header is invalid and a new trace has to be started
 */
export function parseTraceparent(header: unknown): TraceParent | undefined {
  if (typeof header !== 'string' || header.length < VERSION_00_LENGTH || header.length > LONGEST) return undefined;
  const match = FIELDS.exec(header);
  if (!match) return undefined;
  const [, version, traceId, parentId, flags, rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (traceId === ZERO_TRACE || parentId === ZERO_SPAN) return undefined;
  return { traceId: traceId!, parentId: parentId!, sampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

/** Writes a version 00 `traceparent` header. */
export function formatTraceparent(traceId: string, spanId: string, sampled: boolean): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
