import { Injectable } from '@nestjs/common';
import { backoffMs, CodedError, messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { DatabaseUnavailableError } from '#libs/persistence';
import { Claims, type Claim } from './claims.service.js';
import { assertFits, JobKinds, type AnyJobKind } from './job-kinds.js';
import { fieldsOf, reportEnd } from './job-log.js';
import type { JobOutcome, Json } from './job.types.js';
import { jobSlices } from './jobs.metrics.js';
import { PermanentJobError } from './jobs.errors.js';
import type { Held } from './lease-keeper.js';
import { JobAbortedError, LeaseLostError } from './lease.errors.js';
import { SliceRepository, type Claimant } from './slice.repository.js';

const log = createLogger('JobSlices');

/** How long a handler that was told to stop may take; then it is left to itself, fenced off. */
const STOP_GRACE_MS = 5_000;

/** Pause before another process may try a slice whose kind this one does not know. */
const UNKNOWN_KIND_PAUSE_MS = 2_000;

type Done = { outcome: JobOutcome } | { checkpoint: Json };

/** Works on one claimed slice and settles it. */
@Injectable()
export class SliceRunner {
  constructor(
    private readonly kinds: JobKinds,
    private readonly claims: Claims,
    private readonly slices: SliceRepository,
  ) {}

  /**
   * Never throws.
   *
   * @param worked is told that the handler has ended and only its result is left to be stored
   * @returns the merge of the job, when this was the last slice before it
   */
  async run(held: Held, claimant: Claimant, worked: () => void): Promise<Claim | undefined> {
    const { claim } = held;
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1_000;
    let outcome = 'ok';
    let next: Claim | undefined;
    try {
      const kind = this.kinds.find(claim.job.kind);
      if (kind) {
        const done = await this.work(kind, held);
        worked();
        next = await untilDatabaseAnswers(() => this.store(claim, done, seconds(), claimant));
      } else {
        outcome = 'unknown-kind';
        await this.claims.release(claim, 0, UNKNOWN_KIND_PAUSE_MS);
      }
    } catch (error) {
      outcome = await this.settle(held, error, seconds()).catch((failure: unknown) => {
        log.error('what became of a slice could not be stored', this.fields(claim, 'failure'), failure);
        return 'error';
      });
    }
    jobSlices.inc({ kind: claim.job.kind, outcome });
    log.debug('slice ended', {
      ...this.fields(claim, outcome === 'ok' ? 'success' : 'failure'),
      slice_outcome: outcome,
      exec_ms: seconds() * 1_000,
    });
    return next;
  }

  private async work(kind: AnyJobKind, held: Held): Promise<Done> {
    const { claim, abort } = held;
    const timer = setTimeout(() => abort.abort(new JobAbortedError('timeout')), this.kinds.timeoutMsOf(claim.job.kind));
    const ended = new AbortController();
    try {
      return await Promise.race([this.handle(kind, held), desert(abort.signal, ended.signal)]);
    } catch (error) {
      // What a handler throws when it is interrupted says less than why it was.
      throw abort.signal.aborted ? abort.signal.reason : error;
    } finally {
      clearTimeout(timer);
      ended.abort();
    }
  }

  private async handle(kind: AnyJobKind, { claim, abort, done }: Held): Promise<Done> {
    const { signal } = abort;
    signal.throwIfAborted();
    const params: unknown = kind.input.parse(claim.job.params);
    const job = { ...claim.job, params };
    const { fence, attempts: attempt, isUrgent } = claim;
    if (claim.isMerge) {
      return {
        outcome: checkedOutcome(await kind.finish(job, await this.slices.results(job.id), { signal, fence, attempt })),
      };
    }
    const progress = (bytes: number, units = 0) => {
      done.bytes = Math.max(done.bytes, bytes);
      done.units = Math.max(done.units, units);
    };
    const context = { job, params, slice: claim.slice, signal, progress, fence, attempt, isUrgent };
    const checkpoint = ((await kind.run(context)) ?? null) as Json;
    assertFits('the checkpoint', checkpoint);
    if (!claim.isOnly) return { checkpoint };
    signal.throwIfAborted();
    return { outcome: checkedOutcome(await kind.finish(job, [checkpoint], { signal, fence, attempt })) };
  }

  private async store(claim: Claim, done: Done, seconds: number, claimant: Claimant): Promise<Claim | undefined> {
    if ('checkpoint' in done) return this.claims.complete(claim, done.checkpoint, seconds, claimant);
    reportEnd(await this.claims.finish(claim, done.outcome, seconds));
    return undefined;
  }

  private async settle({ claim }: Held, error: unknown, seconds: number): Promise<string> {
    const aborted = error instanceof JobAbortedError ? error.reason : undefined;
    if (error instanceof LeaseLostError || aborted === 'lease-lost') {
      log.warn('a slice was taken over by another process', this.fields(claim, 'failure'));
      return 'lost';
    }
    if (aborted === 'cancelled') return 'cancelled';
    try {
      return await untilDatabaseAnswers(() => this.giveBack(claim, error, seconds, aborted));
    } catch (failure) {
      // Between the handler's end and now.
      if (failure instanceof LeaseLostError) return 'lost';
      throw failure;
    }
  }

  private async giveBack(claim: Claim, error: unknown, seconds: number, aborted: string | undefined): Promise<string> {
    if (aborted === 'shutdown' || error instanceof DatabaseUnavailableError) {
      await this.claims.release(claim, seconds);
      return 'released';
    }
    if (error instanceof PermanentJobError) {
      const job = await this.claims.reject(claim, error, seconds);
      reportEnd(job);
      return 'rejected';
    }
    log.error('slice failed', this.fields(claim, 'failure'), error);
    const job = await this.claims.fail(claim, reasonOf(error), seconds);
    if (job) reportEnd(job);
    return aborted === 'timeout' ? 'timeout' : 'failed';
  }

  private fields(claim: Claim, outcome: 'success' | 'failure') {
    const { event, labels } = fieldsOf(claim.job, 'job-slice', outcome);
    return { event, labels: { ...labels, slice: claim.slice.index, attempt: claim.attempts, fence: claim.fence } };
  }
}

/** The owner may read what a coded error says; other texts may hold anything. */
function reasonOf(error: unknown): string {
  return error instanceof CodedError
    ? `${error.code}: ${messageOf(error)}`
    : 'an error of this program; its logs tell more';
}

function checkedOutcome(outcome: JobOutcome): JobOutcome {
  assertFits('the result', outcome.result);
  return outcome;
}

/** Rejects some time after the handler was told to stop, for handlers that do not listen. */
async function desert(abort: AbortSignal, ended: AbortSignal): Promise<never> {
  const told = new Promise<void>((resolve) => {
    if (abort.aborted) resolve();
    abort.addEventListener('abort', () => resolve(), { once: true, signal: ended });
  });
  await told;
  await sleep(STOP_GRACE_MS, ended);
  throw abort.reason;
}

/** The work is done: while the database is away its result is kept, not thrown away. */
async function untilDatabaseAnswers<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError) || attempt >= 30) throw error;
      log.warn(`the database is away, the result of a slice waits: ${messageOf(error)}`);
      await sleep(100 + backoffMs(attempt, 200, 3_000));
    }
  }
}
