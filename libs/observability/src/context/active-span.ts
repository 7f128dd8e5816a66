import { isSpanContextValid, trace, TraceFlags } from '@opentelemetry/api';

/** The span that an OpenTelemetry SDK says is running. */
export interface ActiveSpan {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

/**
 * The span of an OpenTelemetry SDK, when somebody registered one in this process. Then its ids are ours too, so that logs and
 * exemplars lead to its traces. Without an SDK the API does nothing, and this costs next to nothing.
 */
export function activeSpan(): ActiveSpan | undefined {
  const context = trace.getActiveSpan()?.spanContext();
  if (!context || !isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags } = context;
  return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
}
