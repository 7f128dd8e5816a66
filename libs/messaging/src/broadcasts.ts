import type { Channel, ChannelModel } from 'amqplib';
import { backoffMs, messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import type { AmqpPublisher, PublisherGuest } from './amqp-publisher.js';

/** Exchange of all broadcasts; the routing key is the topic. */
const BROADCASTS_EXCHANGE = 'broadcasts';

const log = createLogger('Broadcasts');

type Listener = (message: unknown) => void;

/**
 * Hints to every process that listens to a topic: at most once, not stored, not confirmed. For what only saves time, such
 * as waking a worker; whoever listens needs another way to learn the same. Facts leave by the outbox.
 */
export class Broadcasts implements PublisherGuest {
  private readonly listeners = new Map<string, Listener[]>();
  private model: ChannelModel | undefined;
  private channel: Channel | undefined;

  constructor(publisher: Pick<AmqpPublisher, 'addGuest'>) {
    publisher.addGuest(this);
  }

  /** Hears a topic from the next connection on: call it before the application starts. What comes is not validated. */
  listen(topic: string, listener: Listener): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  /** @returns false when it could not be sent now */
  send(topic: string, message: unknown): boolean {
    try {
      this.channel?.publish(BROADCASTS_EXCHANGE, topic, Buffer.from(JSON.stringify(message)));
      return this.channel !== undefined;
    } catch {
      return false;
    }
  }

  async onChannelModel(model: ChannelModel): Promise<void> {
    this.model = model;
    await this.openChannel(model);
  }

  onLost(): void {
    this.model = undefined;
    this.channel = undefined;
  }

  onBlocked(): void {
    // Nothing waits for an answer; what is sent now arrives late or never.
  }

  private async openChannel(model: ChannelModel): Promise<void> {
    const channel = await model.createChannel();
    channel.on('error', (error) => log.warn('the broadcasting channel failed', {}, error));
    channel.on('handler-error', (error) => log.error('a listener of the broadcasting channel failed', {}, error));
    channel.on('close', () => {
      if (this.channel !== channel) return;
      this.channel = undefined;
      void this.reopen(model);
    });
    await channel.assertExchange(BROADCASTS_EXCHANGE, 'direct', { durable: true });
    if (this.listeners.size > 0) await this.subscribe(channel);
    this.channel = channel;
  }

  private async subscribe(channel: Channel): Promise<void> {
    // Ours alone, and gone with the connection: nobody waits for a process that is no more.
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false });
    for (const topic of this.listeners.keys()) await channel.bindQueue(queue, BROADCASTS_EXCHANGE, topic);
    await channel.consume(
      queue,
      (message) => {
        if (message) this.hear(message.fields.routingKey, message.content);
        else void channel.close().catch(() => undefined);
      },
      { noAck: true },
    );
  }

  private hear(topic: string, content: Buffer): void {
    try {
      const message: unknown = JSON.parse(content.toString('utf8'));
      for (const listener of this.listeners.get(topic) ?? []) listener(message);
    } catch (error) {
      log.warn(`a broadcast could not be handled: ${messageOf(error)}`, { labels: { topic } });
    }
  }

  private async reopen(model: ChannelModel): Promise<void> {
    for (let attempt = 0; this.model === model && this.channel === undefined; attempt++) {
      await sleep(100 + backoffMs(attempt, 100, 5_000));
      if (this.model !== model) return;
      try {
        await this.openChannel(model);
      } catch (error) {
        log.warn(`the broadcasting channel cannot be opened: ${messageOf(error)}`, { labels: { attempt } });
      }
    }
  }
}
