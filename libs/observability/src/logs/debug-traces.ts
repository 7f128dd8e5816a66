import { CodedError } from '#libs/kernel';

/** How long a trace stays chosen. */
const KEPT_MS = 10 * 60 * 1_000;
const MOST_TRACES = 100;
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

/** Something else than a trace id (`LOGGING.BAD_TRACE_ID`). */
export class BadTraceIdError extends CodedError {
  constructor() {
    super('LOGGING.BAD_TRACE_ID', 'invalid', 'a trace id is 32 lower-case hexadecimal digits, not all zero');
  }
}

/** When each chosen trace ends to be one, oldest choice first. */
const chosen = new Map<string, number>();

/**
 * Logs one trace at debug level for ten minutes, wherever it goes: whoever looks for a fault sends a request with this trace id.
 * Of more than 100 the oldest is forgotten.
 *
 * @throws {BadTraceIdError}
 */
export function debugTrace(traceId: string, nowMs = Date.now()): void {
  if (!TRACE_ID.test(traceId)) throw new BadTraceIdError();
  chosen.delete(traceId);
  chosen.set(traceId, nowMs + KEPT_MS);
  if (chosen.size > MOST_TRACES) chosen.delete(chosen.keys().next().value!);
}

/** Tells whether a request of this trace is to be logged at debug level. */
export function isDebugTrace(traceId: string, nowMs?: number): boolean {
  if (chosen.size === 0) return false;
  const endMs = chosen.get(traceId);
  return endMs !== undefined && endMs > (nowMs ?? Date.now());
}

/** The traces that are chosen now. */
export function debuggedTraces(nowMs = Date.now()): string[] {
  for (const [traceId, endMs] of chosen) if (endMs <= nowMs) chosen.delete(traceId);
  return [...chosen.keys()];
}
