import { connect, type ChannelModel, type ConfirmChannel, type GetMessage, type Options, type Replies } from 'amqplib';
import { uuidv7 } from '#libs/kernel';
import type { EventContract } from '#libs/contracts';

/** A plain client, for what the library under test would not do. */
export interface PlainClient {
  readonly channel: ConfirmChannel;
  readonly model: ChannelModel;
  /** Publishes an event past the outbox. @returns its message id */
  publishEvent(event: EventContract, data: unknown, options?: Options.Publish): Promise<string>;
  /** Publishes any bytes to a queue. */
  publishRaw(queue: string, content: Buffer, options?: Options.Publish): Promise<void>;
  /** Ready messages of a queue. */
  depth(queue: string): Promise<number>;
  /** Consumers the broker sees on a queue. */
  consumers(queue: string): Promise<number>;
  /** Takes one message off a queue. */
  take(queue: string): Promise<GetMessage | false>;
  close(): Promise<void>;
}

export async function plainClient(url: string): Promise<PlainClient> {
  const model = await connect(url);
  model.on('error', () => undefined);
  const channel = await model.createConfirmChannel();
  channel.on('error', () => undefined);
  const publish = async (exchange: string, key: string, content: Buffer, options: Options.Publish) => {
    channel.publish(exchange, key, content, { persistent: true, ...options });
    await channel.waitForConfirms();
  };
  return {
    channel,
    model,
    publishEvent: async (event, data, options = {}) => {
      const messageId = options.messageId ?? uuidv7();
      const content = Buffer.from(JSON.stringify({ pattern: event.name, data }));
      await publish('events', event.name, content, { ...options, messageId });
      return messageId;
    },
    publishRaw: (queue, content, options = {}) => publish('', queue, content, options),
    depth: async (queue) => (await look(model, queue)).messageCount,
    consumers: async (queue) => (await look(model, queue)).consumerCount,
    take: (queue) => channel.get(queue, { noAck: true }),
    close: () => model.close(),
  };
}

/** On a channel of its own, which a missing queue may close. */
async function look(model: ChannelModel, queue: string): Promise<Replies.AssertQueue> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  const state = await channel.checkQueue(queue);
  await channel.close();
  return state;
}
