import { redactText } from '../logs/redact.js';
import { activeSpan } from './active-span.js';
import { newSpanId, newTraceId } from './random-ids.js';
import { currentContext, type TraceContext } from './trace-context.js';
import { formatTraceparent, parseTraceparent } from './traceparent.js';
import { formatTracestate, parseTracestate } from './tracestate.js';

/** What may travel in a request id: no character that means something in a log, a header, a URL or a query language. */
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Headers of an HTTP request or an AMQP message; AMQP values may be anything. */
export interface TraceHeaders {
  traceparent?: unknown;
  tracestate?: unknown;
  'x-request-id'?: unknown;
  [name: string]: unknown;
}

/** Where headers come from. */
export interface HeaderTrust {
  /** False at the public edge: a stranger must not switch on debug logs. Default true. */
  trusted?: boolean;
}

/**
 * The context of a hop that was called with these headers: the caller's trace continues with a new span. Anything invalid
 * is ignored and replaced: a bad `traceparent` starts a new trace, a bad `x-request-id` becomes the trace id. When an
 * OpenTelemetry SDK has a span for this hop, its ids are taken.
 */
export function contextFromHeaders(headers: TraceHeaders, { trusted = true }: HeaderTrust = {}): TraceContext {
  const parent = parseTraceparent(headers.traceparent);
  const active = activeSpan();
  const traceId = active?.traceId ?? parent?.traceId ?? newTraceId();
  const given = headers['x-request-id'];
  const context: Mutable<TraceContext> = {
    traceId,
    spanId: active?.spanId ?? newSpanId(),
    sampled: active?.sampled ?? parent?.sampled ?? true,
    requestId: typeof given === 'string' && REQUEST_ID.test(given) && isClean(given, trusted) ? given : traceId,
  };
  if (!parent || parent.traceId !== traceId) return context;
  context.parentSpanId = parent.parentId;
  if (headers.tracestate !== undefined) {
    const { foreign, debug } = parseTracestate(headers.tracestate);
    if (foreign !== undefined && isClean(foreign, trusted)) context.traceState = foreign;
    if (debug && trusted) context.debug = true;
  }
  return context;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The `traceparent` header with which `context` calls others; also the form of the `traceresponse` header. */
export function traceparentOf(context: TraceContext): string {
  return formatTraceparent(context.traceId, context.spanId, context.sampled);
}

/** A stranger's text that looks like a secret must not travel with everything the request starts. */
function isClean(text: string, trusted: boolean): boolean {
  return trusted || redactText(text) === text;
}

/**
 * Writes `traceparent`, `tracestate` and `x-request-id` of the current context into the headers of an outgoing call.
 * Does nothing outside of a context.
 */
export function injectTraceHeaders(headers: Record<string, unknown>, context = currentContext()): void {
  if (!context) return;
  headers['traceparent'] = traceparentOf(context);
  const state = formatTracestate(context.traceState, context.debug);
  if (state !== undefined) headers['tracestate'] = state;
  if (context.requestId !== context.traceId) headers['x-request-id'] = context.requestId;
}
