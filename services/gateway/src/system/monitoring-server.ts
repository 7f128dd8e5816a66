import type { z } from 'zod';
import { createLogger, observedFetch } from '#libs/observability';

const logger = createLogger('MonitoringServer');

/**
 * A server that watches. It may be away: what watches never gates what works. That it is away is logged when it begins, not at
 * every question: pages ask every few seconds, and would push what matters out of the list of the newest warnings.
 */
export class MonitoringServer {
  private isAway = false;

  constructor(
    private readonly name: string,
    private readonly address: string,
    private readonly timeoutMs: number,
  ) {}

  /** @returns the answers in the order of the paths; undefined when one of them was of no use */
  async ask<T>(paths: readonly string[], schema: z.ZodType<T>): Promise<T[] | undefined> {
    try {
      const answers = await Promise.all(paths.map(async (path) => schema.parse(await this.read(path))));
      if (this.isAway) logger.info(`${this.name} answers again`, { event: { outcome: 'success' } });
      this.isAway = false;
      return answers;
    } catch (error) {
      if (!this.isAway) logger.warn(`${this.name} gives no usable answer`, { event: { outcome: 'failure' } }, error);
      this.isAway = true;
      return undefined;
    }
  }

  private async read(path: string): Promise<unknown> {
    const base = this.address.endsWith('/') ? this.address : `${this.address}/`;
    const response = await observedFetch(new URL(path, base), { signal: AbortSignal.timeout(this.timeoutMs) });
    return response.json();
  }
}

/** @returns undefined when no address is configured */
export function monitoringServer(
  name: string,
  address: string | undefined,
  timeoutMs: number,
): MonitoringServer | undefined {
  return address === undefined ? undefined : new MonitoringServer(name, address, timeoutMs);
}
