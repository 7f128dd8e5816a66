import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { EventContract } from '#libs/contracts';
import type { EventItem } from './event-handlers.js';
import type { EventMeta } from './event-meta.js';

export const EVENT_HANDLER_METADATA = 'mirante:event-handler';

const DEFAULT_TIMEOUT_MS = 120_000;

/** How events of one kind are handled; times in milliseconds. */
export interface OnEventOptions {
  /** Most events handled at the same time; 10 by default. */
  concurrency?: number;
  /** A run that takes longer counts as failed and is retried; 2 minutes by default. */
  timeoutMs?: number;
  /** Name of the side queue it comes over; the main queue by default. */
  queue?: string;
}

/** When a batch is full; times in milliseconds. */
export interface OnEventBatchOptions {
  maxItems: number;
  /** How long the first event of a batch waits for others. */
  maxWaitMs: number;
  timeoutMs?: number;
  /** Name of the side queue they come over; the main queue by default. */
  queue?: string;
}

/** What the decorators leave on a method. */
export type EventHandlerMetadata =
  | { kind: 'single'; contract: EventContract; concurrency: number; timeoutMs: number; queue: string | undefined }
  | {
      kind: 'batch';
      contract: EventContract;
      maxItems: number;
      maxWaitMs: number;
      timeoutMs: number;
      queue: string | undefined;
    };

type TypedMethodDecorator<T> = <M extends T>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/**
 * Handles one event at a time. The method of a provider or controller gets `(payload, meta)`; the event is acknowledged
 * when it returns. It must be idempotent (see {@link Inbox}); guards, pipes and interceptors do not apply.
 *
 * Throw {@link RetryableError} to have the event again later; any other error parks it.
 */
export function OnEvent<P extends z.ZodType>(
  contract: EventContract<P>,
  options: OnEventOptions = {},
): TypedMethodDecorator<(payload: z.output<P>, meta: EventMeta) => unknown> {
  const metadata: EventHandlerMetadata = {
    kind: 'single',
    contract,
    concurrency: positive('concurrency', options.concurrency ?? 10),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    queue: options.queue,
  };
  return SetMetadata(EVENT_HANDLER_METADATA, metadata);
}

/**
 * Handles events together: up to `maxItems`, or what has come `maxWaitMs` after the first. Batches run one at a time, in
 * the order of arrival. When a batch fails, each of its events runs alone through the same method, so that one bad event
 * does not hurt its neighbours.
 */
export function OnEventBatch<P extends z.ZodType>(
  contract: EventContract<P>,
  options: OnEventBatchOptions,
): TypedMethodDecorator<(items: Array<EventItem<z.output<P>>>) => unknown> {
  const metadata: EventHandlerMetadata = {
    kind: 'batch',
    contract,
    maxItems: positive('maxItems', options.maxItems),
    maxWaitMs: positive('maxWaitMs', options.maxWaitMs),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    queue: options.queue,
  };
  return SetMetadata(EVENT_HANDLER_METADATA, metadata);
}

function positive(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${name} must be a whole number from 1, got ${value}`);
  return value;
}
