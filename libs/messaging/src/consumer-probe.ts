import type { ChannelModel } from 'amqplib';
import { sleep } from '#libs/kernel';
import type { QueueConsumer } from './queue-consumer.js';
import { QueueLook } from './queue-look.js';

/** Asks the broker, again and again, whether it still sees a consumer on each of our queues. */
export class ConsumerProbe {
  private stopping = new AbortController();

  constructor(
    private readonly consumers: readonly QueueConsumer[],
    private readonly intervalMs: number,
  ) {}

  attach(model: ChannelModel): void {
    this.detach();
    this.stopping = new AbortController();
    void this.run(new QueueLook(model), this.stopping.signal);
  }

  detach(): void {
    this.stopping.abort();
  }

  private async run(look: QueueLook, signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.intervalMs, signal);
      for (const consumer of this.consumers) {
        if (signal.aborted) return;
        // No answer within the interval proves nothing either way; the consumer's own clock then runs out.
        const seen = await look.consumersOf(consumer.queue, this.intervalMs).catch(() => undefined);
        if (seen !== undefined && !signal.aborted) consumer.observed(seen);
      }
    }
  }
}
