import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { listVisitorKeys } from '#libs/contracts';
import { sleep } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { Keyring } from './visitor-marks.js';

const log = createLogger('VisitorKeys');

const DAY_MS = 86_400_000;

/** Keys of the next day are there a day ahead, so this need not be often. */
const REFRESH_MS = 10 * 60_000;
const RETRY_MS = 1_000;

/** A key lives two days longer than its day or period. */
const GRACE_DAYS = 2;

export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The keys visitors are hashed with. They are in the memory of this process only, fetched ahead and dropped in time. */
@Injectable()
export class VisitorKeysService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();
  private keyring: Keyring | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly rpc: RpcClient) {}

  onApplicationBootstrap(): void {
    this.running = this.loop();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  get current(): Keyring | undefined {
    return this.keyring;
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const fetched = await runInContext(newContext(), () => this.fetch());
      await sleep(fetched ? REFRESH_MS : RETRY_MS, signal);
    }
  }

  /** @returns false when the keys of today or tomorrow are missing */
  private async fetch(): Promise<boolean> {
    const now = Date.now();
    this.keyring = this.keyring?.without(dayText(now - GRACE_DAYS * DAY_MS));
    try {
      this.keyring = new Keyring(await this.rpc.call(listVisitorKeys, {}, { signal: this.stopping.signal }));
    } catch (error) {
      // The error's text could quote an answer, and answers hold keys.
      const reason = (error as { code?: string }).code ?? 'unknown';
      log.debug('there are no new visitor keys', { labels: { reason } });
    }
    return (this.keyring?.has(dayText(now)) && this.keyring.has(dayText(now + DAY_MS))) ?? false;
  }
}
