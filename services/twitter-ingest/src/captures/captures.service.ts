import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type {
  Capture,
  CaptureEstimate,
  CaptureSource,
  changeCapture,
  listCaptures,
  startCapture,
} from '#libs/contracts';
import { loadConfig } from '#libs/config';
import { messageOf, sleep } from '#libs/kernel';
import { createLogger, currentContext, newContext, traceparentOf } from '#libs/observability';
import { decodeCursor, encodeCursor } from '../cursor.domain.js';
import { ingestConfigSchema } from '../twitter-ingest.config.js';
import { CaptureDrivers } from './capture-drivers.js';
import { toCapture } from './capture-view.domain.js';
import { CaptureWorker } from './capture-worker.service.js';
import { CaptureRepository } from './capture.repository.js';
import type { CaptureRow, NewPart, PartRow } from './capture.types.js';
import {
  CaptureConflictError,
  CaptureEndedError,
  CaptureNotFoundError,
  EveryNeedsFollowError,
  FromInFutureError,
  SourceNotConfiguredError,
  TooManyCapturesError,
} from './captures.errors.js';
import { addEstimates } from './estimate.domain.js';
import type { CaptureAsk, SourceDriver } from './source-driver.js';

type StartRequest = z.infer<typeof startCapture.input>;
type ListRequest = z.infer<typeof listCaptures.input>;
type ChangeRequest = z.infer<typeof changeCapture.input>;

const logger = createLogger('Captures');

/** Clocks of callers run ahead a little; that makes "now" no future. */
const CLOCK_SKEW_MS = 60_000;

/** The caller waits for 15 s; an estimate is not worth the loss of the capture. */
const ESTIMATE_MS = 10_000;

const NO_ESTIMATE: CaptureEstimate = {
  posts: null,
  worst_case_usd: null,
  per_day_usd: null,
  note: 'no estimate: the source did not answer in time',
};

@Injectable()
export class CapturesService {
  private readonly limit = loadConfig(ingestConfigSchema).MIRANTE_CAPTURES_PER_TENANT;

  constructor(
    private readonly captures: CaptureRepository,
    private readonly drivers: CaptureDrivers,
    private readonly worker: CaptureWorker,
  ) {}

  /** Starts a capture; asking again with the same id is harmless. */
  async start(request: StartRequest): Promise<Capture> {
    const ask = askOf(request);
    const sources = [...new Set(request.sources)].sort();
    const drivers = sources.map((source) => this.driverOf(source));
    if (ask.mode !== 'follow' && ask.everySeconds !== null) throw new EveryNeedsFollowError();
    if (ask.from !== null && ask.from.getTime() > Date.now() + CLOCK_SKEW_MS) throw new FromInFutureError();

    const known = await this.captures.find(request.id);
    if (known) return this.sameAgain(request, sources, known);
    if ((await this.captures.countOpen(request.tenant)) >= this.limit) throw new TooManyCapturesError(this.limit);

    const context = currentContext() ?? newContext();
    await this.captures.add(
      {
        ...ask,
        id: request.id,
        tenant: request.tenant,
        sources,
        budgetMicroUsd: microUsdOf(request.budget_usd) ?? null,
        estimate: await estimate(drivers, ask),
        traceparent: traceparentOf(context),
        requestId: context.requestId,
      },
      drivers.flatMap(partsOf),
    );
    const row = await this.captures.find(request.id);
    if (!row) throw new CaptureConflictError(request.id);
    const capture = await this.sameAgain(request, sources, row);
    logger.info('capture is started', {
      event: { action: 'capture-accepted', outcome: 'success' },
      labels: { capture_id: request.id, mode: request.mode, sources: sources.join(',') },
    });
    this.worker.poke();
    return capture;
  }

  async get(id: string, tenant: string): Promise<Capture> {
    return this.show(await this.owned(id, tenant));
  }

  async list(request: ListRequest): Promise<{ items: Capture[]; next_cursor: string | null }> {
    const position = request.cursor === undefined ? null : decodeCursor(request.cursor);
    const before = position && { at: new Date(position.at), id: String(position.id) };
    const rows = await this.captures.listOwned(request.tenant, before, request.limit + 1);
    const page = rows.slice(0, request.limit);
    const last = page.at(-1);
    return {
      items: await this.showAll(page),
      next_cursor:
        rows.length > page.length && last ? encodeCursor({ at: last.created_at.getTime(), id: last.id }) : null,
    };
  }

  async change(request: ChangeRequest): Promise<Capture> {
    const row = await this.owned(request.id, request.tenant);
    if (row.finished_at !== null) throw new CaptureEndedError(request.id);
    if (request.every_seconds !== undefined && row.mode !== 'follow') throw new EveryNeedsFollowError();
    await this.captures.change(request.id, {
      paused: request.paused,
      everySeconds: request.every_seconds,
      budgetMicroUsd: microUsdOf(request.budget_usd),
    });
    logger.info('capture is changed', {
      event: { action: 'capture-changed', outcome: 'success' },
      labels: { capture_id: request.id, ...(request.paused !== undefined && { paused: String(request.paused) }) },
    });
    this.worker.poke();
    return this.get(request.id, request.tenant);
  }

  async delete(id: string, tenant: string): Promise<{ id: string }> {
    const row = await this.captures.find(id);
    if (!row || row.tenant !== tenant) throw new CaptureNotFoundError(id);
    if (row.deleted_at === null) {
      await this.captures.markDeleted(id);
      logger.info('capture is deleted', {
        event: { action: 'capture-deleted', outcome: 'success' },
        labels: { capture_id: id },
      });
    }
    return { id };
  }

  private driverOf(source: CaptureSource): SourceDriver {
    const driver = this.drivers.of(source);
    if (!driver || driver.targets().length === 0) {
      const configured = this.drivers.sources
        .filter((other) => other.targets().length > 0)
        .map((other) => other.source);
      throw new SourceNotConfiguredError(source, configured);
    }
    return driver;
  }

  private async owned(id: string, tenant: string): Promise<CaptureRow> {
    const row = await this.captures.find(id);
    if (!row || row.tenant !== tenant || row.deleted_at !== null) throw new CaptureNotFoundError(id);
    return row;
  }

  /** The capture under the id of a request, if it is the one asked for. */
  private async sameAgain(request: StartRequest, sources: readonly string[], row: CaptureRow): Promise<Capture> {
    const same =
      row.tenant === request.tenant &&
      row.deleted_at === null &&
      row.tag === request.tag &&
      row.mode === request.mode &&
      row.sources === sources.join(',');
    if (!same) throw new CaptureConflictError(request.id);
    return this.show(row);
  }

  private async show(row: CaptureRow): Promise<Capture> {
    return (await this.showAll([row]))[0]!;
  }

  private async showAll(rows: readonly CaptureRow[]): Promise<Capture[]> {
    const details = await this.captures.detailsOf(rows.map((row) => row.id));
    const streams = await this.captures.streams(this.drivers.streams.map((stream) => stream.key));
    return rows.map((row) => {
      const ask = { tag: row.tag, mode: row.mode, everySeconds: row.every_seconds, from: row.from_at };
      return toCapture(row, {
        parts: details.parts.get(row.id) ?? [],
        gaps: details.gaps.get(row.id) ?? [],
        gapSeconds: details.gapSeconds.get(row.id) ?? 0,
        streamOf: (part) => {
          const key = this.streamKeyOf(ask, part);
          return key === undefined ? undefined : streams.get(key);
        },
        isServed: (part) => this.drivers.serving({ source: part.source, storedAs: part.stored_as }) !== undefined,
      });
    });
  }

  private streamKeyOf(ask: CaptureAsk, part: PartRow): string | undefined {
    return this.drivers.streamOf(ask, { source: part.source, storedAs: part.stored_as })?.key;
  }
}

function askOf(request: StartRequest): CaptureAsk {
  return {
    tag: request.tag,
    mode: request.mode,
    everySeconds: request.every_seconds ?? null,
    from: request.from === undefined ? null : new Date(request.from),
  };
}

function partsOf(driver: SourceDriver): NewPart[] {
  return driver.targets().map((target) => ({ source: driver.source, storedAs: driver.storedAs, target }));
}

function microUsdOf(usd: number | null | undefined): number | null | undefined {
  return typeof usd === 'number' ? Math.round(usd * 1_000_000) : usd;
}

async function estimate(drivers: readonly SourceDriver[], ask: CaptureAsk): Promise<CaptureEstimate> {
  const bySource = await Promise.all(
    drivers.map(async (driver) => [driver.source, await estimateOf(driver, ask)] as const),
  );
  return addEstimates(new Map(bySource));
}

async function estimateOf(driver: SourceDriver, ask: CaptureAsk): Promise<CaptureEstimate> {
  const answered = new AbortController();
  try {
    return await Promise.race([driver.estimate(ask), sleep(ESTIMATE_MS, answered.signal).then(() => NO_ESTIMATE)]);
  } catch (error) {
    logger.warn(`no estimate from ${driver.source}: ${messageOf(error)}`);
    return NO_ESTIMATE;
  } finally {
    answered.abort();
  }
}
