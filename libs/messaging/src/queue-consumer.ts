import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { backoffMs, messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { declareTopology } from './declare-topology.js';
import { Delivery } from './delivery.js';
import { HEADER, numberHeader } from './headers.js';
import { cancelledConsumers, messagesInFlight, redelivered } from './messaging.metrics.js';
import type { Topology } from './topology.js';

const log = createLogger('QueueConsumer');

const CLOSE_TIMEOUT_MS = 1_000;

export interface QueueConsumerOptions {
  queue: string;
  /** Declared again before every subscription, so that a deleted queue comes back. */
  topology: Topology;
  prefetch: number;
  /**
   * Takes one message at a time until the first one that no consumer has had before. Messages that killed the process
   * then come back alone, so that their neighbours are not counted as killers too.
   */
  startsCautiously: boolean;
  /** The queue has a single active consumer: what is in our hands must be settled or given back before we lose the turn. */
  takesTurns: boolean;
  /** Longest time without proof from the broker before the consumer counts as deaf, in milliseconds. */
  proofMs: number;
  onDelivery(delivery: Delivery): Promise<void>;
}

/** Consumes one queue on a channel of its own and does not stop: see the README for what it comes back from. */
export class QueueConsumer {
  /** Open channels, each with the deliveries that came over it and are not settled. */
  private readonly taken = new Map<Channel, Set<Delivery>>();
  private model: ChannelModel | undefined;
  private channel: Channel | undefined;
  private tag: string | undefined;
  /** False until a message came that no consumer has had before. */
  private calm = false;
  private widening = false;
  private recovering = false;
  private stopped = false;
  private provenAt = 0;
  private trouble = 'not connected yet';

  constructor(private readonly options: QueueConsumerOptions) {}

  get queue(): string {
    return this.options.queue;
  }

  /** Deliveries in our hands. */
  get inFlight(): number {
    return [...this.taken.values()].reduce((sum, deliveries) => sum + deliveries.size, 0);
  }

  get isConsuming(): boolean {
    return this.tag !== undefined || this.widening;
  }

  /** @throws Error with the reason when the broker does not deliver to us */
  assertHealthy(nowMs: number = Date.now()): void {
    if (this.stopped) throw new Error('stopped');
    if (!this.isConsuming) throw new Error(`not consuming: ${this.trouble}`);
    const silence = nowMs - this.provenAt;
    if (silence > this.options.proofMs) throw new Error(`the broker has not confirmed the consumer for ${silence} ms`);
  }

  /** A connection is there: subscribes in the background and tries until it works. */
  attach(model: ChannelModel): void {
    this.detach();
    this.model = model;
    this.calm = !this.options.startsCautiously;
    void this.recover();
  }

  /** The connection is gone. */
  detach(): void {
    this.model = undefined;
    this.trouble = 'the connection is lost';
    for (const channel of this.taken.keys()) this.forget(channel);
  }

  /** Tells what a look at the queue showed: how many consumers the broker sees, or that the queue is missing. */
  observed(consumers: number | 'missing'): void {
    if (this.tag === undefined || this.widening || this.recovering || this.stopped) return;
    if (consumers !== 'missing' && consumers > 0) {
      this.provenAt = Date.now();
      return;
    }
    log.warn('the broker does not know our consumer', { labels: { queue: this.queue } });
    cancelledConsumers.inc({ queue: this.queue, reason: 'deaf' });
    this.retireChannel('the broker does not know the consumer');
    void this.recover();
  }

  /** Takes no more messages; those in our hands can still be settled. */
  async stop(): Promise<void> {
    this.stopped = true;
    const { tag, channel } = this;
    this.tag = undefined;
    if (tag && channel) await Promise.race([channel.cancel(tag).catch(() => undefined), sleep(CLOSE_TIMEOUT_MS)]);
  }

  /** Resolves when every delivery is settled, or false after `graceMs`. */
  async drain(graceMs: number): Promise<boolean> {
    const patience = new AbortController();
    const taken = [...this.taken.values()].flatMap((deliveries) => [...deliveries]);
    const all = Promise.all(taken.map((delivery) => delivery.finished)).then(() => true);
    const late = sleep(graceMs, patience.signal).then(() => false);
    const drained = await Promise.race([all, late]);
    patience.abort();
    return drained;
  }

  /** Gives back what is not settled. The channel goes first, as its acknowledgements are ordered only within it. */
  async close(): Promise<void> {
    this.model = undefined;
    const closed = [...this.taken.keys()].map((channel) => channel.close().catch(() => undefined));
    await Promise.race([Promise.all(closed), sleep(CLOSE_TIMEOUT_MS)]);
  }

  private async recover(): Promise<void> {
    if (this.recovering) return;
    this.recovering = true;
    try {
      for (let attempt = 0; this.model && !this.stopped && this.tag === undefined; attempt++) {
        try {
          await this.subscribe(this.channel ?? (await this.openChannel(this.model)));
        } catch (error) {
          this.trouble = messageOf(error);
          this.widening = false;
          log.warn('cannot consume', { labels: { queue: this.queue, attempt, reason: this.trouble } });
          await sleep(50 + backoffMs(attempt, 100, 5_000));
        }
      }
    } finally {
      this.recovering = false;
    }
  }

  private async openChannel(model: ChannelModel): Promise<Channel> {
    const channel = await model.createChannel();
    if (this.model !== model) throw new Error('the connection changed');
    channel.on('error', (error) => (this.trouble = messageOf(error)));
    channel.on('handler-error', (error) => log.error('a listener of the channel failed', {}, error));
    channel.on('close', () => this.channelClosed(channel));
    this.channel = channel;
    this.taken.set(channel, new Set());
    return channel;
  }

  private async subscribe(channel: Channel): Promise<void> {
    await declareTopology(channel, this.options.topology);
    const cautious = !this.calm;
    await channel.prefetch(cautious ? 1 : this.options.prefetch);
    const { consumerTag: tag } = await channel.consume(this.queue, (message) => {
      if (message) this.deliver(channel, message);
      else this.cancelled(channel);
    });
    if (this.channel !== channel) throw new Error('the channel closed');
    this.tag = tag;
    this.provenAt = Date.now();
    log.info('consuming', { labels: { queue: this.queue } });
    if (this.stopped) await this.stop();
    else if (cautious && this.calm) void this.widen(channel);
  }

  private deliver(channel: Channel, message: ConsumeMessage): void {
    const seenBefore = message.fields.redelivered;
    if (seenBefore) redelivered.inc({ queue: this.queue });
    const delivery = new Delivery(this.queue, message, channel, (own) => this.taken.has(own));
    this.taken.get(channel)?.add(delivery);
    messagesInFlight.set({ queue: this.queue }, this.inFlight);
    void delivery.finished.then(() => {
      this.taken.get(channel)?.delete(delivery);
      messagesInFlight.set({ queue: this.queue }, this.inFlight);
    });
    const returns = numberHeader(message.properties.headers, HEADER.deliveryCount) ?? 0;
    if (!this.calm && !seenBefore && returns === 0) {
      this.calm = true;
      // Before the broker's answer to the subscription is processed, widening is up to subscribe().
      if (this.tag) void this.widen(channel);
      if (this.options.takesTurns) {
        // The next consumer starts as soon as this one is cancelled, so nothing may still be running here.
        delivery.abandon();
        return;
      }
    }
    this.options.onDelivery(delivery).catch((error: unknown) => {
      log.error('a delivery could not be processed', { labels: { queue: this.queue } }, error);
      delivery.reject();
    });
  }

  /**
   * Changes from one message at a time to many. One consumer ends before the other starts, as two at a time would mix up
   * the order; and the other one gets a new channel, see {@link retireChannel}.
   */
  private async widen(channel: Channel): Promise<void> {
    this.widening = true;
    try {
      if (this.tag) await channel.cancel(this.tag).catch(() => undefined);
      if (this.channel === channel && !this.stopped) {
        this.retireChannel('changing to many messages at a time');
        await this.recover();
      }
    } finally {
      this.widening = false;
    }
  }

  /** The broker ended the consumer: its queue was deleted, moved, or a delivery took too long. */
  private cancelled(channel: Channel): void {
    if (this.channel !== channel || this.stopped) return;
    this.trouble = 'cancelled by the broker';
    cancelledConsumers.inc({ queue: this.queue, reason: 'cancelled' });
    log.warn('the broker cancelled the consumer', { labels: { queue: this.queue } });
    this.retireChannel(this.trouble);
    void this.recover();
  }

  private channelClosed(channel: Channel): void {
    const current = this.channel === channel;
    if (current && this.model && !this.stopped) {
      cancelledConsumers.inc({ queue: this.queue, reason: 'channel' });
      log.warn('the channel of a consumer closed', { labels: { queue: this.queue, reason: this.trouble } });
    }
    this.forget(channel);
    if (current) void this.recover();
  }

  /**
   * Lets the channel settle what came over it and then closes it; the next subscription opens a new one. The broker keeps
   * the state of a quorum queue's client with the channel, also that of a queue which has been deleted meanwhile.
   */
  private retireChannel(trouble: string): void {
    const { channel } = this;
    this.trouble = trouble;
    this.channel = undefined;
    this.tag = undefined;
    if (!channel) return;
    const taken = [...(this.taken.get(channel) ?? [])].map(({ finished }) => finished);
    void Promise.all(taken).then(() => channel.close().catch(() => undefined));
  }

  /** The channel is gone, and what came over it belongs to the broker again. */
  private forget(channel: Channel): void {
    const taken = this.taken.get(channel) ?? [];
    this.taken.delete(channel);
    if (this.channel === channel) {
      this.channel = undefined;
      this.tag = undefined;
    }
    for (const delivery of taken) delivery.abandon();
  }
}
