import type { Channel, ChannelModel } from 'amqplib';
import { sleep } from '#libs/kernel';

/** Asks the broker about queues, on a channel of its own: to ask for one that is missing ends the channel. */
export class QueueLook {
  private channel: Channel | undefined;

  constructor(private readonly model: ChannelModel) {}

  /**
   * @returns how many consumers the broker sees, or undefined when it has not answered within `timeoutMs`
   * @throws Error when the connection is gone
   */
  async consumersOf(queue: string, timeoutMs: number): Promise<number | 'missing' | undefined> {
    const channel = (this.channel ??= await this.open());
    const patience = new AbortController();
    const answer = channel.checkQueue(queue).then(
      ({ consumerCount }) => consumerCount,
      (error: unknown) => ((error as { code?: number }).code === 404 ? ('missing' as const) : undefined),
    );
    const late = sleep(timeoutMs, patience.signal).then(() => undefined);
    const consumers = await Promise.race([answer, late]);
    patience.abort();
    return consumers;
  }

  private async open(): Promise<Channel> {
    const channel = await this.model.createChannel();
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (this.channel === channel) this.channel = undefined;
    });
    return channel;
  }
}
