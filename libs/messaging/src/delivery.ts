import type { Channel, ConsumeMessage } from 'amqplib';

/**
 * One message in our hands. Settling is safe at any time: when its channel is gone the broker gives the message to a
 * consumer again, so there is nothing left to settle.
 */
export class Delivery {
  private settled = false;
  private done: () => void = () => undefined;

  /** Resolves when the message is settled or its channel is gone. */
  readonly finished = new Promise<void>((resolve) => (this.done = resolve));

  constructor(
    readonly queue: string,
    readonly message: ConsumeMessage,
    private readonly channel: Channel,
    private readonly isOpen: (channel: Channel) => boolean,
  ) {}

  /** False once the message is settled or the broker has taken it back. */
  get isOurs(): boolean {
    return !this.settled && this.isOpen(this.channel);
  }

  /** The message is dealt with. */
  ack(): void {
    this.settle(() => this.channel.ack(this.message));
  }

  /** The queue's dead-letter exchange gets the message; without one it is gone. */
  reject(): void {
    this.settle(() => this.channel.reject(this.message, false));
  }

  /** The channel is gone and with it our claim. */
  abandon(): void {
    this.settled = true;
    this.done();
  }

  private settle(send: () => void): void {
    if (this.settled) return;
    this.settled = true;
    try {
      if (this.isOpen(this.channel)) send();
    } catch {
      // Closed in this very moment: the broker delivers again.
    }
    this.done();
  }
}
