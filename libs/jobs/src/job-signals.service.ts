import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Broadcasts } from '#libs/messaging';

/** DI token of the name of the service whose jobs these are. */
export const JOB_SERVICE = Symbol('job service');

const signalSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('cancelled'), job: z.string() }),
]);
type Signal = z.infer<typeof signalSchema>;

/**
 * Tells all processes of the service that there is something to do. Only hints: what they say is in the tables, and
 * workers look there from time to time.
 */
@Injectable()
export class JobSignals {
  private readonly topic: string;
  private readonly listeners: ((signal: Signal) => void)[] = [];

  constructor(
    private readonly broadcasts: Broadcasts,
    @Inject(JOB_SERVICE) service: string,
  ) {
    this.topic = `jobs.${service}`;
    broadcasts.listen(this.topic, (message) => {
      const signal = signalSchema.safeParse(message);
      // Of a newer version, perhaps: the next look into the tables tells the same.
      if (signal.success) this.tell(signal.data);
    });
  }

  listen(listener: (signal: Signal) => void): void {
    this.listeners.push(listener);
  }

  /** There are ready slices. */
  ready(): void {
    this.send({ type: 'ready' });
  }

  cancelled(job: string): void {
    this.send({ type: 'cancelled', job });
  }

  /** This process hears it at once, also while the broker is away. */
  private send(signal: Signal): void {
    this.broadcasts.send(this.topic, signal);
    this.tell(signal);
  }

  private tell(signal: Signal): void {
    for (const listener of this.listeners) listener(signal);
  }
}
