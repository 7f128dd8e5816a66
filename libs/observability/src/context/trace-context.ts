import { AsyncLocalStorage } from 'node:async_hooks';
import { newSpanId, newTraceId } from './random-ids.js';

/** Where the running code stands in a distributed request. Immutable: a new hop gets a new object. */
export interface TraceContext {
  /** 32 lower-case hex digits, the same in every service the request touches. */
  readonly traceId: string;
  /** 16 lower-case hex digits, of this hop. */
  readonly spanId: string;
  /** Span id of the hop that caused this one. */
  readonly parentSpanId?: string;
  readonly sampled: boolean;
  /** Log this request at debug level wherever it goes, whatever the configured levels are. */
  readonly debug?: boolean;
  /** `tracestate` members of other vendors, passed on as they came. */
  readonly traceState?: string;
  /** The caller's `x-request-id`; without one it is the trace id, so that there is one id to search for. */
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<TraceContext>();

/** The context of the running request, message or job; undefined outside of one. */
export function currentContext(): TraceContext | undefined {
  return storage.getStore();
}

/** Runs `fn`, and everything it starts, in `context`. */
export function runInContext<T>(context: TraceContext, fn: () => T): T {
  return storage.run(context, fn);
}

/** The start of a new trace. */
export function newContext(): TraceContext {
  const traceId = newTraceId();
  return { traceId, spanId: newSpanId(), sampled: true, requestId: traceId };
}

/** The next hop: same trace, new span. Without a parent (given or current) a new trace begins. */
export function childContext(parent: TraceContext | undefined = currentContext()): TraceContext {
  if (!parent) return newContext();
  return { ...parent, spanId: newSpanId(), parentSpanId: parent.spanId };
}
