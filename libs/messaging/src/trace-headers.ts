import { contextFromHeaders, injectTraceHeaders, type TraceContext } from '#libs/observability';
import type { Headers } from './headers.js';

/** W3C trace headers and the request id of the present context, for an outgoing message. */
export function outgoingTraceHeaders(): Headers {
  const headers: Headers = {};
  injectTraceHeaders(headers);
  return headers;
}

/** A span of our own in the trace of the producer (or in a new trace, when the message carries none). */
export function consumerContext(headers: Headers | undefined): TraceContext {
  return contextFromHeaders(headers ?? {});
}
