import type { Channel, ChannelModel } from 'amqplib';
import { sleep } from '#libs/kernel';
import type { QueueConsumer } from './queue-consumer.js';

/** Asks the broker on a channel of its own, again and again, whether it still sees a consumer on each of our queues. */
export class ConsumerProbe {
  private model: ChannelModel | undefined;
  private stopping = new AbortController();
  private channel: Channel | undefined;

  constructor(
    private readonly consumers: readonly QueueConsumer[],
    private readonly intervalMs: number,
  ) {}

  attach(model: ChannelModel): void {
    this.detach();
    this.model = model;
    this.stopping = new AbortController();
    void this.run(model, this.stopping.signal);
  }

  detach(): void {
    this.stopping.abort();
    this.model = undefined;
    this.channel = undefined;
  }

  private async run(model: ChannelModel, signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.intervalMs, signal);
      if (signal.aborted) return;
      for (const consumer of this.consumers) await this.look(model, consumer).catch(() => undefined);
    }
  }

  /** No answer within the interval proves nothing either way; the consumer's own clock then runs out. */
  private async look(model: ChannelModel, consumer: QueueConsumer): Promise<void> {
    const channel = (this.channel ??= await this.open(model));
    const patience = new AbortController();
    const answer = channel.checkQueue(consumer.queue).then(
      ({ consumerCount }) => consumerCount,
      (error: unknown) => ((error as { code?: number }).code === 404 ? ('missing' as const) : undefined),
    );
    const late = sleep(this.intervalMs, patience.signal).then(() => undefined);
    const consumers = await Promise.race([answer, late]);
    patience.abort();
    if (consumers !== undefined && this.model === model) consumer.observed(consumers);
  }

  private async open(model: ChannelModel): Promise<Channel> {
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (this.channel === channel) this.channel = undefined;
    });
    return channel;
  }
}
