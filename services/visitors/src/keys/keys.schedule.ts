import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { sleep } from '#libs/kernel';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { KeysService } from './keys.service.js';

const log = createLogger('KeysSchedule');

/** A key may outlive its time by this much. */
const EVERY_MS = 10 * 60_000;

/** Destroys keys in time. */
@Injectable()
export class KeysSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly keys: KeysService) {}

  onApplicationBootstrap(): void {
    this.running = this.loop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await runInContext(newContext(), () => this.runOnce());
      await sleep(EVERY_MS, signal);
    }
  }

  private async runOnce(): Promise<void> {
    try {
      const visitors = await this.keys.destroyOld();
      if (visitors === 0) return;
      const event = { action: 'visitor-keys-destroy', outcome: 'success' } as const;
      log.info('old keys are destroyed, and what was made with them', { event, labels: { visitors } });
    } catch (error) {
      log.error('old keys are not destroyed', { event: { action: 'visitor-keys-destroy', outcome: 'failure' } }, error);
    }
  }
}
