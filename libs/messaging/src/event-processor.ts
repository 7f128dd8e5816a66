import { failIfAsked, faultIsOn, whileFaultIsOn } from '#libs/faults';
import { CodedError, backoffMs, sleep } from '#libs/kernel';
import {
  childContext,
  createLogger,
  messagingProcessDuration,
  newContext,
  runInContext,
  type TraceContext,
} from '#libs/observability';
import { Batcher } from './batcher.js';
import type { Delivery } from './delivery.js';
import type { BatchEventHandler, EventHandler, SingleEventHandler } from './event-handlers.js';
import { eventMetaOf, type EventMeta } from './event-meta.js';
import type { FailedDeliveries } from './failed-deliveries.js';
import { HEADER, numberHeader } from './headers.js';
import { Limiter } from './limiter.js';
import { UnusableMessageError } from './messaging.errors.js';
import { batchSize, queueLag } from './messaging.metrics.js';
import { decodeRequest } from './packet.js';
import { decideFailure, isAbsence, MAIN_PATIENCE, type Patience } from './retry-policy.js';
import type { RetryStep } from './topology.js';
import { consumerContext } from './trace-headers.js';
import { fieldProblems } from './validation.js';
import { withTimeout } from './with-timeout.js';

const log = createLogger('EventProcessor');

/** Deliveries that died with their consumer before the message is taken for the killer. */
const MAX_CRASHES = 5;

interface ReadyEvent {
  delivery: Delivery;
  handler: EventHandler;
  payload: unknown;
  meta: EventMeta;
  context: TraceContext;
}

interface Slot {
  take(event: ReadyEvent): void;
  /** Gives up what has not started. */
  close(): void;
}

/** Runs event handlers and settles each delivery by the outcome: done, ladder or parking. */
export class EventProcessor {
  private readonly slots = new Map<string, Slot>();
  private closing = false;
  /** Shared by all that wait, so that they go on in the order they came in. */
  private stuck: Promise<void> | undefined;

  constructor(
    private readonly handlers: ReadonlyMap<string, EventHandler>,
    private readonly failed: FailedDeliveries,
    private readonly ladder: readonly RetryStep[],
    private readonly patience: Patience = MAIN_PATIENCE,
  ) {
    for (const [name, handler] of handlers) {
      this.slots.set(name, handler.kind === 'single' ? this.singleSlot(handler) : this.batchSlot(handler));
    }
  }

  async process(delivery: Delivery): Promise<void> {
    if (faultIsOn('stuck-consumer', delivery.queue)) await this.untilUnstuck(delivery.queue);
    let event: ReadyEvent;
    try {
      event = this.read(delivery);
    } catch (error) {
      const context = consumerContext(delivery.message.properties.headers);
      const code = error instanceof CodedError ? error.code : 'MESSAGE.UNREADABLE';
      return runInContext(context, () => this.failed.park(delivery, code, error));
    }
    if (this.closing) delivery.abandon();
    else this.slots.get(event.handler.contract.name)!.take(event);
  }

  /** Starts nothing more; what has not started goes back to the broker when the channel closes. */
  close(): void {
    this.closing = true;
    for (const slot of this.slots.values()) slot.close();
  }

  private untilUnstuck(queue: string): Promise<void> {
    this.stuck ??= whileFaultIsOn('stuck-consumer', queue, () => this.closing).finally(() => {
      this.stuck = undefined;
    });
    return this.stuck;
  }

  private read(delivery: Delivery): ReadyEvent {
    const { message } = delivery;
    const crashes = numberHeader(message.properties.headers, HEADER.deliveryCount) ?? 0;
    if (crashes >= MAX_CRASHES) {
      throw new UnusableMessageError('EVENT.CRASH_LOOP', `its consumer died ${crashes} times before it was done`);
    }
    const { pattern, data } = decodeRequest(message.content);
    const handler = this.handlers.get(pattern);
    if (!handler) throw new UnusableMessageError('EVENT.UNKNOWN', `nothing handles ${pattern}`);
    const meta = eventMetaOf(message, pattern, Date.now());
    const payload = handler.contract.payload.safeParse(data);
    if (!payload.success) {
      const problems = fieldProblems(payload.error).map(({ path, message: text }) => `${path}: ${text}`);
      throw new UnusableMessageError('EVENT.INVALID_PAYLOAD', problems.join('; '));
    }
    const context = consumerContext(message.properties.headers);
    return { delivery, handler, payload: payload.data, meta, context };
  }

  private singleSlot(handler: SingleEventHandler): Slot {
    const limiter = new Limiter(handler.concurrency);
    const start = async (event: ReadyEvent) => {
      if (this.closing) event.delivery.abandon();
      else if (event.delivery.isOurs) await this.runAlone(event);
    };
    return { take: (event) => void limiter.run(() => start(event)), close: () => undefined };
  }

  private batchSlot(handler: BatchEventHandler): Slot {
    const batcher = new Batcher<ReadyEvent>(handler, (events) => this.runBatch(handler, events));
    return {
      // A message that was in other hands before comes alone: see the cautious start of the consumer.
      take: (event) => batcher.add(event, event.meta.redelivered),
      close: () => batcher.close().forEach(({ delivery }) => delivery.abandon()),
    };
  }

  private async runBatch(handler: BatchEventHandler, events: ReadyEvent[]): Promise<void> {
    const ours = events.filter(({ delivery }) => delivery.isOurs);
    const [first] = ours;
    if (!first) return;
    if (ours.length === 1) return this.runAlone(first);
    const name = handler.contract.name;
    batchSize.observe({ event: name }, ours.length);
    const started = performance.now();
    try {
      // The events come from many traces; the work they share is a trace of its own.
      await runInContext(newContext(), () =>
        this.patiently(ours, () =>
          withTimeout(handler.where, handler.timeoutMs, () => {
            failIfAsked(name);
            return handler.run(ours.map(({ payload, meta, context }) => ({ payload, meta, context })));
          }),
        ),
      );
    } catch (error) {
      if (this.patience.endless && isAbsence(error)) {
        // Alone each of them would wait for the same thing, one after the other.
        for (const event of ours) await runInContext(event.context, () => this.fail(event, error));
        return;
      }
      log.warn(
        'a batch failed; its events run one by one',
        { labels: { event_name: name, items: ours.length } },
        error,
      );
      for (const event of ours) if (event.delivery.isOurs) await this.runAlone(event);
      return;
    }
    const durationMs = performance.now() - started;
    for (const event of ours) {
      event.delivery.ack();
      runInContext(event.context, () => this.observe(event, 'success', durationMs));
    }
  }

  private runAlone(event: ReadyEvent): Promise<void> {
    return runInContext(event.context, async () => {
      const { handler, payload, meta, delivery, context } = event;
      const started = performance.now();
      try {
        await this.patiently([event], () =>
          withTimeout(handler.where, handler.timeoutMs, () => {
            failIfAsked(handler.contract.name);
            return handler.kind === 'single' ? handler.run(payload, meta) : handler.run([{ payload, meta, context }]);
          }),
        );
      } catch (error) {
        this.observe(event, 'error', performance.now() - started, error);
        return this.fail(event, error);
      }
      delivery.ack();
      this.observe(event, 'success', performance.now() - started);
    });
  }

  /**
   * Keeps events in hand while something they need is away. Every other event would meet the same absence, so sending
   * them up the ladder would only use up their tries; a consumer that waits is also what the broker should see.
   */
  private async patiently(events: readonly ReadyEvent[], work: () => Promise<unknown>): Promise<void> {
    const giveUpAt = Date.now() + this.patience.inHandMs;
    for (let tries = 0; ; tries++) {
      try {
        await work();
        return;
      } catch (error) {
        const mayWait = !this.closing && Date.now() < giveUpAt && events.every(({ delivery }) => delivery.isOurs);
        if (!isAbsence(error) || !mayWait) throw error;
        log.warn('something an event needs is away; it waits', { labels: { items: events.length } }, error);
        await sleep(50 + backoffMs(tries, 100, 2_000));
      }
    }
  }

  private async fail({ delivery, meta }: ReadyEvent, error: unknown): Promise<void> {
    // The broker has it back and delivers it again; a copy would be one too many.
    if (!delivery.isOurs) return;
    // The next process may find what is missing here; its channel gives the event back.
    // An endless wait may see many processes end, and the broker counts what it gets back as deaths: there a copy goes.
    if (this.closing && isAbsence(error) && !this.patience.endless) return delivery.abandon();
    const decision = decideFailure(error, meta.attempt, this.ladder, this.patience);
    await runInContext(childContext(), () =>
      decision.action === 'retry'
        ? this.failed.retry(delivery, meta.routingKey, decision.step, decision.nextAttempt)
        : this.failed.park(delivery, decision.code, error),
    );
  }

  private observe(event: ReadyEvent, outcome: 'success' | 'error', durationMs: number, error?: unknown): void {
    const { meta, delivery } = event;
    queueLag.observe(
      { event: meta.routingKey, queue: delivery.queue },
      Math.max(0, Date.now() - durationMs - meta.publishedAt) / 1_000,
    );
    messagingProcessDuration.observe({ messaging_destination_name: delivery.queue, outcome }, durationMs / 1_000);
    const fields = {
      event: {
        action: 'messaging.process',
        outcome: outcome === 'success' ? 'success' : 'failure',
        duration: durationMs * 1e6,
      },
      labels: {
        queue: delivery.queue,
        event_name: meta.routingKey,
        message_id: meta.messageId,
        attempt: meta.attempt,
      },
    };
    if (outcome === 'success') log.debug('event handled', fields);
    else log.warn('event failed', fields, error);
  }
}
