import { messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import type { Claim } from './claims.service.js';
import { JobAbortedError } from './lease.errors.js';
import type { SliceRepository } from './slice.repository.js';

const log = createLogger('JobLeases');

/** How often the tables are asked whether a slice is still ours; bounds how late a cancellation is noticed. */
const BEAT_MS = 400;

/** A slice in the hands of this process. */
export interface Held {
  readonly claim: Claim;
  /** Aborted with a {@link JobAbortedError}. */
  readonly abort: AbortController;
  /** How far the handler says it is. */
  readonly done: { bytes: number; units: number };
}

interface Entry extends Held {
  renewedAt: number;
  told: { bytes: number; units: number };
}

/**
 * Keeps the leases of the slices that this process works on, stores how far they are, and stops those that are not ours any
 * more. Runs on the main thread: handlers that block it for longer than the lease lose it.
 */
export class LeaseKeeper {
  private readonly entries = new Map<number, Entry>();
  private stopping = false;

  constructor(
    private readonly slices: SliceRepository,
    private readonly leaseMs: number,
    private readonly onProgress: (claim: Claim) => void,
  ) {}

  /** What is held after {@link stopAll} is to stop at once. */
  hold(claim: Claim): Held {
    const entry: Entry = {
      claim,
      abort: new AbortController(),
      done: { bytes: 0, units: 0 },
      renewedAt: performance.now(),
      told: { bytes: 0, units: 0 },
    };
    this.entries.set(claim.sliceId, entry);
    if (this.stopping) entry.abort.abort(new JobAbortedError('shutdown'));
    return entry;
  }

  release(held: Held): void {
    if (this.entries.get(held.claim.sliceId) === held) this.entries.delete(held.claim.sliceId);
  }

  /** Stops what this process does for a job. */
  stopJob(jobId: string): void {
    for (const { claim, abort } of this.entries.values()) {
      if (claim.job.id === jobId) abort.abort(new JobAbortedError('cancelled'));
    }
  }

  stopAll(): void {
    this.stopping = true;
    for (const { abort } of this.entries.values()) abort.abort(new JobAbortedError('shutdown'));
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await sleep(Math.min(BEAT_MS, this.leaseMs / 3), stop);
      try {
        await this.beat();
      } catch (error) {
        log.warn(`leases not renewed: ${messageOf(error)}`);
      }
    }
  }

  private async beat(): Promise<void> {
    const entries = [...this.entries.values()];
    const states = await this.slices.states(entries.map(({ claim }) => claim.sliceId));
    for (const entry of entries) {
      const { claim } = entry;
      const now = states.get(claim.sliceId);
      if (now?.fence !== claim.fence || now.state !== 'running') this.lose(entry, now?.state === 'dropped');
      else await this.renew(entry);
    }
  }

  private async renew(entry: Entry): Promise<void> {
    const { bytes, units } = entry.done;
    const further = bytes > entry.told.bytes || units > entry.told.units;
    const age = performance.now() - entry.renewedAt;
    if (!further && age < this.leaseMs / 3) return;
    const startedAt = performance.now();
    if (!(await this.slices.renew(entry.claim, this.leaseMs, { bytes, units }))) {
      this.lose(entry, false);
      return;
    }
    entry.renewedAt = startedAt;
    entry.told = { bytes, units };
    if (further) this.onProgress(entry.claim);
  }

  private lose(entry: Entry, dropped: boolean): void {
    // It may have ended between the look and now.
    if (this.entries.get(entry.claim.sliceId) !== entry) return;
    entry.abort.abort(new JobAbortedError(dropped ? 'cancelled' : 'lease-lost'));
  }
}
