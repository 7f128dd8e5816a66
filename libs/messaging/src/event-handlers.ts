import type { EventContract } from '#libs/contracts';
import type { TraceContext } from '#libs/observability';
import type { EventMeta } from './event-meta.js';

/** One event as a batch handler gets it. */
export interface EventItem<P = unknown> {
  payload: P;
  meta: EventMeta;
  /** The trace the event came with; a batch as a whole runs in one of its own. */
  context: TraceContext;
}

interface HandlerBase {
  readonly contract: EventContract;
  /** Class and method, for messages to people. */
  readonly where: string;
  /** Longest time one run may take before it counts as failed, in milliseconds. */
  readonly timeoutMs: number;
  /** Side queue it listens to; the main queue of the service when there is none. */
  readonly queue?: string | undefined;
}

export interface SingleEventHandler extends HandlerBase {
  readonly kind: 'single';
  /** Most events that are handled at the same time. */
  readonly concurrency: number;
  run(payload: unknown, meta: EventMeta): unknown;
}

export interface BatchEventHandler extends HandlerBase {
  readonly kind: 'batch';
  readonly maxItems: number;
  readonly maxWaitMs: number;
  run(items: EventItem[]): unknown;
}

export type EventHandler = SingleEventHandler | BatchEventHandler;

/** Unsettled deliveries that keep every handler busy: what the queue's consumer asks the broker for. */
export function prefetchFor(handlers: readonly EventHandler[]): number {
  const each = handlers.map((handler) => (handler.kind === 'single' ? handler.concurrency : 2 * handler.maxItems));
  return Math.min(
    65_535,
    each.reduce((sum, n) => sum + n, 0),
  );
}

/**
 * What is wrong between the events a service declares and the handlers that were found.
 *
 * @returns one sentence for each problem; none when all is well
 */
export function handlerProblems(
  declared: readonly { readonly name: string }[],
  found: readonly { readonly name: string; readonly where: string }[],
): string[] {
  const names = new Set(declared.map(({ name }) => name));
  const problems: string[] = [];
  for (const { name, where } of found) {
    if (!names.has(name)) problems.push(`${where} handles ${name}, which the module does not declare`);
  }
  for (const name of names) {
    const handlers = found.filter((handler) => handler.name === name).map(({ where }) => where);
    if (handlers.length === 0) problems.push(`nothing handles ${name}`);
    if (handlers.length > 1) problems.push(`${name} has ${handlers.length} handlers: ${handlers.join(', ')}`);
  }
  return problems;
}
