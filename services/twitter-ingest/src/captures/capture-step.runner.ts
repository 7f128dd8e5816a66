import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { backoffMs, messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { DatabaseUnavailableError } from '#libs/persistence';
import { ingestConfigSchema } from '../twitter-ingest.config.js';
import { CaptureDrivers } from './capture-drivers.js';
import { CapturePartRepository } from './capture-part.repository.js';
import { CaptureSink } from './capture-sink.service.js';
import { captureErrors, stepDuration } from './capture.metrics.js';
import type { ClaimedPart } from './capture.types.js';
import { LeaseLostError } from './captures.errors.js';
import { verdictOf, type Verdict } from './reaction.domain.js';
import type { SourceDriver, StepResult } from './source-driver.js';
import { UpstreamError } from './upstream.errors.js';

const logger = createLogger('Capture');

/** How long a driver that was told to stop may take to do so; after that it is left to itself, fenced off. */
const STOP_GRACE_MS = 5_000;

/** Takes one step of a claimed part: asks the source, stores the answer, and decides what becomes of an error. */
@Injectable()
export class CaptureStepRunner {
  private readonly stepMs = loadConfig(ingestConfigSchema).MIRANTE_CAPTURE_STEP_SECONDS * 1_000;

  constructor(
    private readonly drivers: CaptureDrivers,
    private readonly parts: CapturePartRepository,
    private readonly sink: CaptureSink,
  ) {}

  /** Never throws. @param stop aborted when the lease is lost or the process ends */
  async run(claim: ClaimedPart, stop: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    let outcome: string;
    try {
      outcome = await this.runOnce(claim, stop);
    } catch (error) {
      outcome = await this.settle(claim, error, stop).catch((failure: unknown) => {
        logger.error('what became of a step could not be stored', fieldsOf(claim, 'capture-step', 'failure'), failure);
        return 'error';
      });
    }
    stepDuration.observe({ source: claim.source, outcome }, (performance.now() - startedAt) / 1_000);
  }

  private async runOnce(claim: ClaimedPart, stop: AbortSignal): Promise<string> {
    const driver = this.drivers.serving(claim);
    if (!driver) throw new Error(`no driver serves ${claim.source} stored as ${claim.storedAs}`);
    if (claim.checkpoint === null) {
      logger.info('capture of a source starts', fieldsOf(claim, 'capture-started', 'success'));
    }
    const result = await this.ask(driver, claim, stop);
    const progress = await untilDatabaseAnswers(() => this.sink.save(claim, result));
    if (claim.state === 'stopped') await this.parts.wakeStopped(claim.source, claim.storedAs);
    if (result.phase === 'done') {
      logger.info('capture of a source is done', fieldsOf(claim, 'capture-done', 'success'));
    } else {
      logger.debug('step of a capture is stored', {
        ...fieldsOf(claim, 'capture-step', 'success'),
        ...progress,
      });
    }
    return 'ok';
  }

  /** @throws UpstreamError also when no answer comes in time */
  private async ask(driver: SourceDriver, claim: ClaimedPart, stop: AbortSignal): Promise<StepResult> {
    const abort = new AbortController();
    const deserted = new AbortController();
    const onStop = () => abort.abort(stop.reason);
    const timer = setTimeout(() => abort.abort(tooSlow(this.stepMs)), this.stepMs);
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      return await Promise.race([driver.step(claim, abort.signal), giveUpAfter(abort.signal, deserted.signal)]);
    } catch (error) {
      // What a driver throws when it is interrupted says less than why it was.
      throw abort.signal.reason instanceof UpstreamError ? abort.signal.reason : error;
    } finally {
      clearTimeout(timer);
      deserted.abort();
      stop.removeEventListener('abort', onStop);
    }
  }

  private async settle(claim: ClaimedPart, error: unknown, stop: AbortSignal): Promise<string> {
    if (error instanceof LeaseLostError) {
      logger.warn('another process has taken over a capture', fieldsOf(claim, 'capture-taken-over', 'failure'));
      return 'lost';
    }
    if (stop.aborted || error instanceof DatabaseUnavailableError) {
      await untilDatabaseAnswers(() => this.parts.release(claim));
      return 'released';
    }
    const upstream = error instanceof UpstreamError ? error : unexpected(error);
    if (upstream !== error) logger.error('step of a capture failed', fieldsOf(claim, 'capture-step', 'failure'), error);
    captureErrors.inc({ source: claim.source, reason: upstream.reason });
    const verdict = verdictOf(upstream, claim.attempts, Date.now());
    const requests = upstream.details.requests ?? 0;
    if (!(await untilDatabaseAnswers(() => this.parts.saveVerdict(claim, verdict, requests)))) return 'lost';
    logVerdict(claim, verdict);
    return upstream.reaction;
  }
}

function logVerdict(claim: ClaimedPart, verdict: Verdict): void {
  const fields = fieldsOf(claim, `capture-${verdict.state}`, 'failure');
  Object.assign(fields.labels, {
    wait_reason: verdict.reason,
    wait_detail: verdict.detail,
    ...(verdict.delayMs !== null && { wait_seconds: verdict.delayMs / 1_000 }),
  });
  if (verdict.state === 'waiting') logger.info('capture of a source waits', fields);
  else logger.warn(`capture of a source ${verdict.state === 'failed' ? 'has failed' : 'is stopped'}`, fields);
}

function fieldsOf(claim: ClaimedPart, action: string, outcome: string) {
  const { captureId, source, target } = claim;
  return { event: { action, outcome }, labels: { capture_id: captureId, source, target } };
}

function tooSlow(ms: number): UpstreamError {
  return new UpstreamError('network', 'retry', `no complete answer within ${ms / 1_000} s`);
}

function unexpected(error: unknown): UpstreamError {
  return new UpstreamError('internal', 'retry', 'an error of this program; its logs tell more', { cause: error });
}

/** Rejects some time after `abort`, for drivers that do not listen. */
async function giveUpAfter(abort: AbortSignal, deserted: AbortSignal): Promise<never> {
  if (!abort.aborted) await new Promise((resolve) => abort.addEventListener('abort', resolve, { once: true }));
  await sleep(STOP_GRACE_MS, deserted);
  throw abort.reason;
}

/** A step costs time and money: while the database is away its result is kept, not thrown away. */
async function untilDatabaseAnswers<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError) || attempt >= 30) throw error;
      logger.warn(`the database is away, the result of a step waits: ${messageOf(error)}`);
      await sleep(100 + backoffMs(attempt, 200, 3_000));
    }
  }
}
