import 'reflect-metadata';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { JOB_ENTITIES, JobsModule, type JobKind, type SliceContext } from '#libs/jobs';
import { MessagingModule } from '#libs/messaging';
import { initLogging } from '#libs/observability';
import { PersistenceModule } from '#libs/persistence';
import type { JobsSay } from './jobs-process.types.js';

/** Does nothing: what is measured is the way there and back. */
abstract class NoOp implements JobKind<Record<string, never>, null, null> {
  abstract readonly name: string;
  abstract readonly class: 'short' | 'long';
  readonly input = z.object({});
  readonly maxAttempts = 3;
  readonly resultTtlHours = 1;

  async slices() {
    return [{ index: 0, payload: null }];
  }

  async run(_slice: SliceContext): Promise<null> {
    return null;
  }

  async finish() {
    return { result: null };
  }
}

@Injectable()
class ShortNoOp extends NoOp {
  readonly name = 'short-no-op';
  readonly class = 'short';
}

@Injectable()
class LongNoOp extends NoOp {
  readonly name = 'long-no-op';
  readonly class = 'long';
}

/** Waits to be cancelled. */
@Injectable()
class Patient extends NoOp {
  readonly name = 'patient';
  readonly class = 'long';

  override run({ job, signal }: SliceContext): Promise<null> {
    say({ is: 'begun', job: job.id });
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        say({ is: 'aborted', job: job.id, at: Date.now() });
        reject(new Error('cancelled'));
      });
    });
  }
}

/** A service that has nothing but jobs. `MIRANTE_JOB_SLOTS` tells whether it works. */
@Module({
  imports: [
    PersistenceModule.forService({ entities: JOB_ENTITIES }),
    MessagingModule.forService({ service: 'bench' }),
    JobsModule.forService({ service: 'bench', kinds: [ShortNoOp, LongNoOp, Patient] }),
  ],
  providers: [ShortNoOp, LongNoOp, Patient],
})
class BenchJobsModule {}

/** Starts it with the environment of this process. */
export async function startJobs(): Promise<INestApplicationContext> {
  initLogging({ service: 'bench', version: '0', environment: 'local', levels: 'error' });
  return NestFactory.createApplicationContext(BenchJobsModule, { logger: false, abortOnError: false });
}

/** To the process that has started this one, if any. */
export function say(message: JobsSay): void {
  process.send?.(message);
}
