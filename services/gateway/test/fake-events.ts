import type { EventContract, VisitsRecorded, VisitTally } from '#libs/contracts';
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

  /** All visits published so far, each message once. */
  get tallies(): VisitTally[] {
    const messages = new Map(this.published.map(({ id, payload }) => [id, payload as VisitsRecorded]));
    return [...messages.values()].flatMap((payload) => payload.tallies);
  }

  /** What the visits of a site add up to. */
  sums(site: string = 'mirante') {
    const own = this.tallies.filter((tally) => tally.site === site);
    const sum = (field: 'hits' | 'dnt' | 'bots') => own.reduce((total, tally) => total + tally[field], 0);
    const unique = new Set(own.flatMap(({ visitors }) => visitors)).size;
    return { unique, hits: sum('hits'), dnt: sum('dnt'), bots: sum('bots') };
  }
}
