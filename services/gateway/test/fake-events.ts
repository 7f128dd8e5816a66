import type { EventContract } from '#libs/contracts';
import { PublishError } from '#libs/messaging';

/** Stands in for the broker: takes what fits its contract, or nothing at all. */
export class FakeEvents {
  readonly published: { name: string; payload: unknown; id: string }[] = [];
  /** How often a publication is said to have failed although it has arrived. */
  lostConfirms = 0;
  isUsable = true;

  async publish(event: EventContract, payload: unknown, id: string): Promise<void> {
    if (!this.isUsable) throw new PublishError('disconnected', 'there is no broker');
    this.published.push({ name: event.name, payload: event.payload.parse(structuredClone(payload)), id });
    if (this.lostConfirms === 0) return;
    this.lostConfirms--;
    throw new PublishError('lost', 'the channel was closed before the broker confirmed');
  }
}
