import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { visitsRecorded, type VisitsRecorded } from '#libs/contracts';
import { sleep, uuidv7 } from '#libs/kernel';
import { EventPublisher, PublishError } from '#libs/messaging';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { classOf } from './classify-visit.js';
import { TallyBuffer } from './tally-buffer.js';
import { dayText, VisitorKeysService } from './visitor-keys.service.js';
import { VISITS_CONFIG, type VisitsConfig } from './visits.config.js';
import { bufferedVisitors, lostVisits, visits } from './visits.metrics.js';
import type { Identity } from './visitor-marks.js';

const log = createLogger('VisitRecorder');

/** Sealed messages that wait for their confirm; what comes meanwhile is summed up behind them. */
const MAX_SEALED = 8;

/** Visits of the first moments, before the keys are here, as they came. They are in memory only. */
const MAX_KEYLESS = 10_000;

/** How long the last visits may take to leave when the process ends. */
const FAREWELL_MS = 3_000;

/** What the recorder reads of a request; Fastify's has it. */
export interface VisitRequest {
  /** Of the client, as far as the proxies in front are trusted. */
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
}

interface SealedVisits {
  id: string;
  payload: VisitsRecorded;
}

interface KeylessVisit {
  day: string;
  identity: Identity;
  referrer: string | undefined;
}

/**
 * Counts visits. A request only adds to a sum in memory; the sum leaves some times a second. Nothing here is waited for by a
 * request, and what cannot be kept is counted as lost.
 */
@Injectable()
export class VisitRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly buffer: TallyBuffer;
  private readonly sealed: SealedVisits[] = [];
  private readonly stopping = new AbortController();
  private keyless: KeylessVisit[] = [];
  private firstAt: number | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly publisher: EventPublisher,
    private readonly keys: VisitorKeysService,
    @Inject(VISITS_CONFIG) private readonly config: VisitsConfig,
  ) {
    this.buffer = new TallyBuffer(config.MIRANTE_VISITS_MAX_VISITORS);
  }

  onApplicationBootstrap(): void {
    if (this.config.MIRANTE_VISITS) this.running = this.loop();
  }

  /** The server is closed by now and the broker is not: the last visits go out. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
    const giveUpAt = Date.now() + FAREWELL_MS;
    while (!this.isIdle && Date.now() < giveUpAt) {
      await this.flush();
      if (!this.isIdle) await sleep(50);
    }
    this.giveUp();
  }

  /**
   * Never throws and takes microseconds: the address and the agent are hashed at once and forgotten.
   *
   * @param referrer host whose page led here; only counted of people who did not ask not to be followed
   */
  record(site: string, path: string, request: VisitRequest, referrer?: string): void {
    if (!this.config.MIRANTE_VISITS) return;
    const kind = classOf(request.headers, path, this.config.MIRANTE_VISITS_HONOUR_GPC);
    visits.inc({ class: kind });
    if (kind === 'asset' || kind === 'prefetch') return;
    const now = Date.now();
    this.firstAt ??= now;
    const day = dayText(now);
    if (kind === 'human') this.addVisitor({ day, identity: identityOf(site, request), referrer });
    else this.buffer.add(site, day, kind);
  }

  private get isIdle(): boolean {
    return this.buffer.isEmpty && this.sealed.length === 0;
  }

  private addVisitor(visit: KeylessVisit): void {
    const { day, identity, referrer } = visit;
    const marks = this.keys.current?.marksOf(identity, day);
    if (marks) {
      if (!this.buffer.add(identity.site, day, 'human', marks, referrer)) lostVisits.inc({ reason: 'buffer-full' });
    } else if (this.keyless.length < MAX_KEYLESS) this.keyless.push(visit);
    else lostVisits.inc({ reason: 'no-key' });
  }

  private async loop(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(this.config.MIRANTE_VISITS_FLUSH_MS, signal);
      await runInContext(newContext(), () => this.flush());
    }
  }

  private async flush(): Promise<void> {
    this.addKeyless();
    bufferedVisitors.set({}, this.buffer.visitors);
    // While nothing can be sent everything goes on being summed up: that is how it takes the least room.
    if (!this.publisher.isUsable) return;
    while (!this.buffer.isEmpty && this.sealed.length < MAX_SEALED) this.seal();
    await Promise.all(this.sealed.map((message) => this.send(message)));
  }

  /** Hashes what has waited for a key. A day whose keys this process never saw is over when the next ones are here. */
  private addKeyless(): void {
    const ring = this.keys.current;
    if (!ring || this.keyless.length === 0) return;
    const waiting = this.keyless;
    this.keyless = [];
    const today = dayText(Date.now());
    for (const visit of waiting) {
      if (ring.has(visit.day)) this.addVisitor(visit);
      else if (visit.day === today) this.keyless.push(visit);
      else lostVisits.inc({ reason: 'no-key' });
    }
  }

  private seal(): void {
    const firstAt = new Date(this.firstAt ?? Date.now()).toISOString();
    this.sealed.push({ id: uuidv7(), payload: { first_at: firstAt, tallies: this.buffer.take() } });
    if (this.buffer.isEmpty) this.firstAt = undefined;
  }

  /** A message that may or may not have arrived goes out again as it is: its id makes the repetition harmless. */
  private async send(message: SealedVisits): Promise<void> {
    try {
      await this.publisher.publish(visitsRecorded, message.payload, message.id);
    } catch (error) {
      if (error instanceof PublishError) return;
      const lost = hitsIn(message);
      lostVisits.inc({ reason: 'unsendable' }, lost);
      log.error(
        'visits cannot be sent',
        { event: { action: 'visits-send', outcome: 'failure' }, labels: { lost } },
        error,
      );
    }
    this.sealed.splice(this.sealed.indexOf(message), 1);
    this.buffer.release(message.payload.tallies);
  }

  /** The process ends; what it could not send ends with it. */
  private giveUp(): void {
    while (!this.buffer.isEmpty) this.seal();
    const lost = this.sealed.reduce((sum, message) => sum + hitsIn(message), this.keyless.length);
    if (lost === 0) return;
    lostVisits.inc({ reason: 'shutdown' }, lost);
    log.warn('visits are lost with the process', {
      event: { action: 'visits-send', outcome: 'failure' },
      labels: { lost },
    });
  }
}

function identityOf(site: string, { ip, headers }: VisitRequest): Identity {
  return { site, address: ip, agent: headers['user-agent'] ?? '' };
}

function hitsIn({ payload }: SealedVisits): number {
  return payload.tallies.reduce((sum, { hits, bots }) => sum + hits + bots, 0);
}
