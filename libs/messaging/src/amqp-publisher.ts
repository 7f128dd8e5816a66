import { randomUUID } from 'node:crypto';
import type { ChannelModel, ConfirmChannel, Message, Options } from 'amqplib';
import { backoffMs, sleep } from '#libs/kernel';
import { createLogger, messagingPublishDuration } from '#libs/observability';
import { AmqpLink } from './amqp-link.js';
import { declareTopology } from './declare-topology.js';
import { MessageTooLargeError, PublishError } from './messaging.errors.js';
import { publishersBlocked, refusedPublishes, returned } from './messaging.metrics.js';
import { MAX_MESSAGE_BYTES } from './packet.js';
import { QueueLook } from './queue-look.js';
import type { Topology } from './topology.js';

const log = createLogger('AmqpPublisher');

const FLUSH_TIMEOUT_MS = 1_000;
const LOOK_TIMEOUT_MS = 5_000;

export interface OutgoingMessage {
  exchange: string;
  routingKey: string;
  content: Buffer;
  options?: Options.Publish;
  /** A copy of what the broker has taken before, on its way to the ladder or the parking queue: no size cap. */
  isCopy?: boolean;
}

export interface PublisherOptions {
  url: string;
  name: string;
  heartbeatSeconds: number;
  /** Most messages that may wait for their confirm. */
  maxUnconfirmed: number;
  confirmTimeoutMs: number;
  topology: Topology;
}

/** Something that wants its own channel on the publishing connection, such as the RPC client. */
export interface PublisherGuest {
  onChannelModel(model: ChannelModel): Promise<void>;
  onLost(): void;
  onBlocked(): void;
}

/**
 * Publishes with confirm and `mandatory` on a connection of its own, so that a broker that blocks publishers never
 * stops acknowledgements.
 */
export class AmqpPublisher {
  private readonly link: AmqpLink;
  private readonly guests = new Set<PublisherGuest>();
  private readonly waiting = new Map<string, Waiting[]>();
  private channel: ConfirmChannel | undefined;
  private model: ChannelModel | undefined;
  private look: QueueLook | undefined;
  private unconfirmed = 0;
  private blocked = false;
  private closed = false;

  constructor(private readonly options: PublisherOptions) {
    this.link = new AmqpLink({
      ...options,
      purpose: 'publish',
      onOpen: (model) => this.setUp(model),
      onLost: () => this.lost(),
      onBlocked: (blocked) => this.setBlocked(blocked),
    });
  }

  /** Why nothing can be published now, or undefined. */
  get refusal(): 'disconnected' | 'blocked' | undefined {
    if (this.channel === undefined || this.closed) return 'disconnected';
    return this.blocked ? 'blocked' : undefined;
  }

  /** Why there is no connection, for people. */
  get trouble(): string {
    return this.link.trouble;
  }

  /** Adds a guest; must happen before {@link open}. */
  addGuest(guest: PublisherGuest): void {
    this.guests.add(guest);
  }

  open(): Promise<void> {
    return this.link.open();
  }

  waitUntilOpen(timeoutMs: number): Promise<boolean> {
    return this.link.waitUntilOpen(timeoutMs);
  }

  async close(): Promise<void> {
    this.closed = true;
    const deadline = Date.now() + this.options.confirmTimeoutMs;
    while (this.unconfirmed > 0 && this.link.isOpen && !this.blocked && Date.now() < deadline) await sleep(5);
    // Answers have no confirm; the channel's own close comes after them.
    const flushed = this.channel?.close().catch(() => undefined);
    if (flushed && !this.blocked) await Promise.race([flushed, sleep(FLUSH_TIMEOUT_MS)]);
    await this.link.close();
    this.setBlocked(false);
  }

  /**
   * Resolves when the broker has taken responsibility for the message.
   *
   * @throws PublishError and {@link MessageTooLargeError}
   */
  async publish(message: OutgoingMessage): Promise<void> {
    const { exchange } = message;
    const started = performance.now();
    let outcome = 'error';
    try {
      await this.send(message);
      outcome = 'success';
    } catch (error) {
      if (error instanceof PublishError) {
        refusedPublishes.inc({ exchange, reason: error.reason });
        if (error.reason === 'unroutable') returned.inc({ exchange });
      }
      throw error;
    } finally {
      const seconds = (performance.now() - started) / 1_000;
      messagingPublishDuration.observe({ messaging_destination_name: exchange, outcome }, seconds);
    }
  }

  /** @throws PublishError when the broker does not say whether the queue exists */
  async hasQueue(name: string): Promise<boolean> {
    const seen = await this.look?.consumersOf(name, LOOK_TIMEOUT_MS).catch(() => undefined);
    if (seen === undefined) throw new PublishError('timeout', `no answer to whether ${name} exists`);
    return seen !== 'missing';
  }

  /** Sends without waiting for a confirm; false when it could not be sent. For answers, which nobody would send again. */
  tryPublish({ exchange, routingKey, content, options }: OutgoingMessage): boolean {
    if (this.refusal) return false;
    try {
      this.channel!.publish(exchange, routingKey, content, options);
      return true;
    } catch {
      return false;
    }
  }

  private send({ exchange, routingKey, content, options, isCopy }: OutgoingMessage): Promise<void> {
    if (!isCopy && content.length > MAX_MESSAGE_BYTES) {
      throw new MessageTooLargeError(`a message to ${exchange || routingKey}`, content.length, MAX_MESSAGE_BYTES);
    }
    const refusal = this.refusal;
    if (refusal) throw new PublishError(refusal, `the broker is ${refusal}: ${this.trouble}`);
    if (this.unconfirmed >= this.options.maxUnconfirmed) {
      throw new PublishError('overloaded', `${this.unconfirmed} messages wait for their confirm`);
    }
    const messageId = options?.messageId ?? randomUUID();
    return new Promise((resolve, reject) => {
      const entry = this.wait(messageId, resolve, reject);
      try {
        this.channel!.publish(
          exchange,
          routingKey,
          content,
          { persistent: true, contentType: 'application/json', ...options, messageId, mandatory: true },
          (error: unknown) => entry.settle(error ? confirmFailure(error) : undefined),
        );
      } catch (error) {
        entry.settle(confirmFailure(error));
      }
    });
  }

  private wait(messageId: string, resolve: () => void, reject: (error: unknown) => void): Waiting {
    this.unconfirmed++;
    const timer = setTimeout(() => {
      entry.settle(new PublishError('timeout', `no confirm within ${this.options.confirmTimeoutMs} ms`));
    }, this.options.confirmTimeoutMs);
    const entry: Waiting = {
      returned: false,
      settle: (failure) => {
        const entries = this.waiting.get(messageId);
        if (!entries?.includes(entry)) return;
        if (entries.length === 1) this.waiting.delete(messageId);
        else entries.splice(entries.indexOf(entry), 1);
        clearTimeout(timer);
        this.unconfirmed--;
        if (entry.returned) reject(new PublishError('unroutable', 'no queue takes the message'));
        else if (failure) reject(failure);
        else resolve();
      },
    };
    this.waiting.set(messageId, [...(this.waiting.get(messageId) ?? []), entry]);
    return entry;
  }

  private async setUp(model: ChannelModel): Promise<void> {
    this.setBlocked(false);
    this.model = model;
    this.look = new QueueLook(model);
    await this.openChannel(model);
    for (const guest of this.guests) await guest.onChannelModel(model);
  }

  private async openChannel(model: ChannelModel): Promise<void> {
    const setup = await model.createChannel();
    setup.on('error', () => undefined);
    await declareTopology(setup, this.options.topology);
    await setup.close();
    const channel = await model.createConfirmChannel();
    channel.on('error', (error) => log.warn('the publishing channel failed', {}, error));
    channel.on('handler-error', (error) => log.error('a listener of the publishing channel failed', {}, error));
    channel.on('return', (message: Message) => {
      for (const entry of this.waiting.get(String(message.properties.messageId)) ?? []) entry.returned = true;
    });
    channel.on('close', () => {
      if (this.channel !== channel) return;
      this.channel = undefined;
      void this.reopenChannel(model);
    });
    this.channel = channel;
  }

  /** Only this channel failed (an exchange vanished, say); the connection and the guests' channels live on. */
  private async reopenChannel(model: ChannelModel): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      await sleep(100 + backoffMs(attempt, 100, 5_000));
      if (this.closed || this.model !== model || this.channel) return;
      try {
        return await this.openChannel(model);
      } catch (error) {
        log.warn('the publishing channel cannot be opened', { labels: { attempt } }, error);
      }
    }
  }

  private lost(): void {
    this.channel = undefined;
    this.model = undefined;
    this.look = undefined;
    this.setBlocked(false);
    for (const guest of this.guests) guest.onLost();
  }

  private setBlocked(blocked: boolean): void {
    publishersBlocked.set({}, blocked ? 1 : 0);
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    if (!blocked) {
      log.info('the broker takes messages again', { event: { action: 'amqp.blocked', outcome: 'success' } });
      return;
    }
    log.warn('the broker takes no messages: its memory or disk alarm is on', { event: { action: 'amqp.blocked' } });
    for (const entries of [...this.waiting.values()]) {
      for (const entry of [...entries]) entry.settle(new PublishError('blocked', 'the broker blocks publishers'));
    }
    for (const guest of this.guests) guest.onBlocked();
  }
}

interface Waiting {
  returned: boolean;
  settle(failure?: PublishError): void;
}

function confirmFailure(error: unknown): PublishError {
  if (error instanceof PublishError) return error;
  if (error instanceof RangeError) return new PublishError('nacked', error.message);
  const nacked = error instanceof Error && error.message === 'message nacked';
  return nacked
    ? new PublishError('nacked', 'the broker refused the message')
    : new PublishError('lost', 'the channel was closed before the broker confirmed');
}
