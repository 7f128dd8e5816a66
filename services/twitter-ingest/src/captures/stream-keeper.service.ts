import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { faultIsOn } from '#libs/faults';
import { backoffMs, messageOf, sleep, uuidv7 } from '#libs/kernel';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { ingestConfigSchema } from '../twitter-ingest.config.js';
import { CaptureDrivers } from './capture-drivers.js';
import { FollowedPartRepository } from './followed-part.repository.js';
import { captureErrors, streamLeads } from './capture.metrics.js';
import { LeaseLostError } from './captures.errors.js';
import type { StreamDriver } from './source-driver.js';
import { LeadHandle, followedBy } from './stream-lead.handle.js';
import { StreamLeadRepository, type ClaimedLead } from './stream-lead.repository.js';
import { StreamSink } from './stream-sink.service.js';

const logger = createLogger('CaptureStream');

/** How often a process looks whether a stream needs a leader, and a leader whether it is still needed. */
const LOOK_MS = 1_000;

/** How long a driver that was told to stop may take; after that it is left to itself, fenced off. */
const STOP_GRACE_MS = 10_000;

/** Leads streams: at most one process per stream, and only while somebody follows something over it. */
@Injectable()
export class StreamKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly leaseSeconds = loadConfig(ingestConfigSchema).MIRANTE_CAPTURE_LEASE_SECONDS;
  private readonly owner = uuidv7();
  private readonly stop = new AbortController();
  private loops: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly drivers: CaptureDrivers,
    private readonly parts: FollowedPartRepository,
    private readonly leads: StreamLeadRepository,
    private readonly sink: StreamSink,
  ) {}

  onApplicationBootstrap(): void {
    this.loops = Promise.all(this.drivers.streams.map((driver) => runInContext(newContext(), () => this.keep(driver))));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.loops;
  }

  private async keep(driver: StreamDriver): Promise<void> {
    let failures = 0;
    while (!this.stop.signal.aborted) {
      try {
        const wanted = !faultIsOn('ingest-stalled') && (await followedBy(driver, this.parts)).length > 0;
        const lead = wanted ? await this.leads.claim(driver.key, this.owner, this.leaseSeconds) : undefined;
        if (lead) {
          await this.lead(driver, lead);
          failures = 0;
        }
      } catch (error) {
        if (error instanceof LeaseLostError) {
          logger.warn('another process reads the stream now', fieldsOf(driver, 'stream-lost', 'failure'));
        } else {
          captureErrors.inc({ source: driver.source, reason: 'internal' });
          logger.error('reading a stream failed', fieldsOf(driver, 'stream-failed', 'failure'), error);
          failures++;
        }
      }
      await sleep(LOOK_MS + (failures > 0 ? backoffMs(failures, 1_000, 60_000) : 0), this.stop.signal);
    }
  }

  /** Ends when the driver fails, nothing is followed any more, the lead is lost, or the process ends. */
  private async lead(driver: StreamDriver, claim: ClaimedLead): Promise<void> {
    const ended = new AbortController();
    const onStop = () => ended.abort();
    this.stop.signal.addEventListener('abort', onStop, { once: true });
    if (this.stop.signal.aborted) onStop();
    streamLeads.inc({ source: driver.source });
    logger.info('this process reads the stream', fieldsOf(driver, 'stream-led', 'success'));
    const keeping = this.keepLead(driver, claim, ended);
    try {
      const handle = new LeadHandle(driver, claim, this.parts, this.leads, this.sink);
      const running = driver.run(handle, ended.signal);
      await Promise.race([running, giveUpAfter(ended.signal)]);
    } catch (error) {
      // Interrupted on purpose: whatever the driver says about it is no news.
      if (!ended.signal.aborted || error instanceof LeaseLostError) throw error;
      logger.debug(`stream ended: ${messageOf(error)}`);
    } finally {
      ended.abort();
      this.stop.signal.removeEventListener('abort', onStop);
      streamLeads.dec({ source: driver.source });
      await keeping;
      await this.leads.release(claim).catch((error: unknown) => {
        logger.warn(`the lead of a stream could not be given back: ${messageOf(error)}`);
      });
    }
  }

  private async keepLead(driver: StreamDriver, claim: ClaimedLead, ended: AbortController): Promise<void> {
    for (;;) {
      await sleep(Math.min(LOOK_MS, (this.leaseSeconds * 1_000) / 3), ended.signal);
      if (ended.signal.aborted) return;
      try {
        const held = await this.leads.renew(claim, this.leaseSeconds);
        const stalled = faultIsOn('ingest-stalled');
        if (!held || stalled || (await followedBy(driver, this.parts)).length === 0) ended.abort();
      } catch (error) {
        logger.warn(`lead of a stream not renewed: ${messageOf(error)}`);
      }
    }
  }
}

function fieldsOf(driver: StreamDriver, action: string, outcome: string) {
  return { event: { action, outcome }, labels: { source: driver.source } };
}

async function giveUpAfter(stop: AbortSignal): Promise<void> {
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  await sleep(STOP_GRACE_MS);
}
