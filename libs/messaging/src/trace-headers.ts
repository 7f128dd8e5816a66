import {
  childContext,
  contextFromHeaders,
  currentContext,
  injectTraceHeaders,
  type TraceContext,
} from '#libs/observability';
import { textHeader, type Headers } from './headers.js';

/** W3C trace headers and the request id of the present context, for an outgoing message. */
export function outgoingTraceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  injectTraceHeaders(headers);
  const requestId = currentContext()?.requestId;
  if (requestId) headers['x-request-id'] = requestId;
  return headers;
}

/** A span of our own in the trace of the producer (or in a new trace, when the message carries none). */
export function consumerContext(headers: Headers | undefined): TraceContext {
  const parent = contextFromHeaders({
    traceparent: textHeader(headers, 'traceparent'),
    tracestate: textHeader(headers, 'tracestate'),
    'x-request-id': textHeader(headers, 'x-request-id'),
  });
  return childContext(parent);
}
