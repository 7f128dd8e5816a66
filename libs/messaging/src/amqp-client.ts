import { randomUUID } from 'node:crypto';
import type { ChannelModel, ConfirmChannel, ConsumeMessage, Message } from 'amqplib';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import { backoffMs, sleep } from '#libs/kernel';
import { createLogger, injectTraceHeaders } from '#libs/observability';
import type { AmqpPublisher, PublisherGuest } from './amqp-publisher.js';
import { HEADER, type Headers } from './headers.js';
import {
  RpcAbortedError,
  RpcBrokerLostError,
  RpcOverloadedError,
  RpcTimeoutError,
  RpcUnavailableError,
  RpcUnroutableError,
} from './messaging.errors.js';
import { rpcCallsInFlight } from './messaging.metrics.js';
import { decodeAnswer, encodePacket } from './packet.js';
import { errorFromWire } from './rpc-errors.js';
import { rpcQueueOf } from './topology.js';

const log = createLogger('AmqpClient');
const REPLY_TO = 'amq.rabbitmq.reply-to';

export interface RequestOptions {
  timeoutMs: number;
  signal?: AbortSignal;
}

interface PendingCall {
  readonly name: string;
  /** True once the broker has confirmed the request. */
  confirmed: boolean;
  settle(error: unknown, response?: unknown): void;
}

/**
 * Calls other services over direct reply-to. Works as a Nest `ClientProxy` too: the first part of the pattern names the
 * service, so `send('analytics.report.summary', input)` goes to the queue `rpc.analytics`.
 *
 * Every call settles: by its answer, its deadline, or at once when the broker refuses, loses or cannot route it.
 */
export class AmqpClient extends ClientProxy implements PublisherGuest {
  private readonly pending = new Map<string, PendingCall>();
  private channel: ConfirmChannel | undefined;
  private model: ChannelModel | undefined;
  private unconfirmed = 0;

  constructor(
    private readonly publisher: AmqpPublisher,
    private readonly options: { maxInFlight: number; defaultTimeoutMs: number },
  ) {
    super();
    publisher.addGuest(this);
  }

  async connect(): Promise<void> {
    await this.publisher.open();
  }

  /** Whether a call could be sent now. */
  get isUsable(): boolean {
    return this.channel !== undefined && this.publisher.refusal === undefined;
  }

  /**
   * Sends one request packet and waits for its answer.
   *
   * @throws CodedError: what the handler threw, or one of the `RPC.*` errors of this library
   */
  request(pattern: string, data: unknown, { timeoutMs, signal }: RequestOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.channel || this.publisher.refusal) {
        const blocked = this.publisher.refusal === 'blocked';
        throw new RpcUnavailableError(blocked ? 'its memory or disk alarm is on' : this.publisher.trouble);
      }
      const { maxInFlight } = this.options;
      if (Math.max(this.pending.size, this.unconfirmed) >= maxInFlight) throw new RpcOverloadedError(maxInFlight);
      if (signal?.aborted) throw new RpcAbortedError(pattern);
      const id = randomUUID();
      const content = encodePacket({ pattern, data, id }, `the call ${pattern}`);
      const call = this.register(id, pattern, { timeoutMs, signal }, resolve, reject);
      this.transmit(this.channel, id, pattern, content, timeoutMs, call);
    });
  }

  async onChannelModel(model: ChannelModel): Promise<void> {
    this.model = model;
    const channel = await model.createConfirmChannel();
    channel.on('error', (error) => log.warn('the calling channel failed', {}, error));
    channel.on('handler-error', (error) => log.error('a listener of the calling channel failed', {}, error));
    channel.on('return', (message: Message) => this.returned(message));
    channel.on('close', () => this.channelClosed(channel));
    await channel.consume(REPLY_TO, (message) => this.answered(message), { noAck: true });
    this.channel = channel;
  }

  onLost(): void {
    this.model = undefined;
    this.channel = undefined;
    this.failAll((call) => new RpcBrokerLostError(call.name));
  }

  /** A confirmed request is in its queue and will be answered; the others may sit in the broker's socket for long. */
  onBlocked(): void {
    this.failAll((call) => (call.confirmed ? undefined : new RpcBrokerLostError(call.name)));
  }

  async close(): Promise<void> {
    this.failAll((call) => new RpcBrokerLostError(call.name));
    await this.publisher.close();
  }

  unwrap<T>(): T {
    return this.publisher as T;
  }

  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    const given = new AbortController();
    const options = { timeoutMs: this.options.defaultTimeoutMs, signal: given.signal };
    this.request(this.normalizePattern(packet.pattern), packet.data, options).then(
      (response) => callback({ response, isDisposed: true }),
      (err: unknown) => callback({ err, isDisposed: true }),
    );
    return () => given.abort();
  }

  protected override dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    throw new Error(`events leave through the outbox only: ${String(packet.pattern)}`);
  }

  private register(
    id: string,
    name: string,
    { timeoutMs, signal }: RequestOptions,
    resolve: (response: unknown) => void,
    reject: (error: unknown) => void,
  ): PendingCall {
    const onAbort = () => call.settle(new RpcAbortedError(name));
    const timer = setTimeout(() => call.settle(new RpcTimeoutError(name, timeoutMs)), timeoutMs);
    const call: PendingCall = {
      name,
      confirmed: false,
      settle: (error, response) => {
        if (!this.pending.delete(id)) return;
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        rpcCallsInFlight.set({}, this.pending.size);
        if (error) reject(error);
        else resolve(response);
      },
    };
    this.pending.set(id, call);
    rpcCallsInFlight.set({}, this.pending.size);
    signal?.addEventListener('abort', onAbort, { once: true });
    return call;
  }

  private transmit(
    channel: ConfirmChannel,
    id: string,
    pattern: string,
    content: Buffer,
    timeoutMs: number,
    call: PendingCall,
  ): void {
    const headers: Headers = { [HEADER.deadline]: Date.now() + timeoutMs };
    injectTraceHeaders(headers);
    const onConfirm = (error: unknown) => {
      this.unconfirmed--;
      call.confirmed = !error;
      if (error) call.settle(new RpcBrokerLostError(pattern));
    };
    this.unconfirmed++;
    try {
      channel.publish(
        '',
        rpcQueueOf(pattern.split('.', 1)[0]!),
        content,
        {
          mandatory: true,
          persistent: false,
          messageId: id,
          correlationId: id,
          replyTo: REPLY_TO,
          contentType: 'application/json',
          expiration: String(Math.max(1, Math.round(timeoutMs))),
          headers,
        },
        onConfirm,
      );
    } catch (error) {
      this.unconfirmed--;
      call.settle(new RpcUnavailableError(String(error)));
    }
  }

  private answered(message: ConsumeMessage | null): void {
    // The broker ended the reply consumer; a channel without one is of no use.
    if (message === null) {
      this.channel?.close().catch(() => undefined);
      return;
    }
    const call = this.pending.get(String(message.properties.correlationId));
    if (!call) return;
    try {
      const { err, response } = decodeAnswer(message.content);
      if (err) call.settle(errorFromWire(err));
      else call.settle(undefined, response);
    } catch (error) {
      call.settle(error);
    }
  }

  private returned(message: Message): void {
    const call = this.pending.get(String(message.properties.messageId));
    call?.settle(new RpcUnroutableError(call.name));
  }

  private channelClosed(channel: ConfirmChannel): void {
    if (this.channel !== channel) return;
    this.channel = undefined;
    this.failAll((call) => new RpcBrokerLostError(call.name));
    if (this.model) void this.reopen(this.model);
  }

  private async reopen(model: ChannelModel): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      await sleep(50 + backoffMs(attempt, 100, 5_000));
      if (this.model !== model || this.channel) return;
      try {
        return await this.onChannelModel(model);
      } catch (error) {
        log.warn('the calling channel cannot be opened', { labels: { attempt } }, error);
      }
    }
  }

  private failAll(failure: (call: PendingCall) => Error | undefined): void {
    for (const call of [...this.pending.values()]) {
      const error = failure(call);
      if (error) call.settle(error);
    }
  }
}
