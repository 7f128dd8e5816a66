import { Inject, Module, type DynamicModule, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Claims } from './claims.service.js';
import { HousekeepingRepository } from './housekeeping.repository.js';
import { JobHousekeeper } from './job-housekeeper.service.js';
import { JobKinds, type AnyJobKind } from './job-kinds.js';
import { JOB_OBSERVER, type JobObserver } from './job-observer.js';
import { JOB_SERVICE, JobSignals } from './job-signals.service.js';
import { JobWorker } from './job-worker.service.js';
import { JobRepository } from './job.repository.js';
import { Jobs } from './jobs.service.js';
import { KeyRepository } from './key.repository.js';
import { LaneRepository } from './lane.repository.js';
import { SliceRepository } from './slice.repository.js';
import { SliceRunner } from './slice-runner.service.js';

/** What a service declares about its jobs. */
export interface JobsModuleOptions {
  /** Name of the service: its processes share the work and wake each other. */
  service: string;
  /** Objects, or provider classes of any module of the service. */
  kinds: readonly (AnyJobKind | Type<AnyJobKind>)[];
  /** A provider class of any module of the service that hears of changes. */
  observer?: Type<JobObserver>;
}

/** Hands every call to the observer of the service, which may be provided by a module that itself needs {@link Jobs}. */
class LateObserver implements JobObserver {
  changed?: JobObserver['changed'];
  progressed?: JobObserver['progressed'];
  expired?: JobObserver['expired'];

  bind(observer: JobObserver): void {
    if (observer.changed) this.changed = (tx, job) => observer.changed!(tx, job);
    if (observer.progressed) this.progressed = (job) => observer.progressed!(job);
    if (observer.expired) this.expired = (job) => observer.expired!(job);
  }
}

const OPTIONS = Symbol('jobs module options');

/**
 * Gives a service durable jobs: {@link Jobs} for those who ask, and a worker in every process (`MIRANTE_JOB_SLOTS=0`
 * for one that only asks). Needs `PersistenceModule` with `JOB_ENTITIES`, and `MessagingModule`.
 */
@Module({})
export class JobsModule implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly registry: JobKinds,
    @Inject(JOB_OBSERVER) private readonly observer: LateObserver,
    @Inject(OPTIONS) private readonly options: JobsModuleOptions,
  ) {}

  static forService(options: JobsModuleOptions): DynamicModule {
    return {
      module: JobsModule,
      global: true,
      providers: [
        { provide: OPTIONS, useValue: options },
        { provide: JOB_SERVICE, useValue: options.service },
        { provide: JOB_OBSERVER, useClass: LateObserver },
        JobKinds,
        LaneRepository,
        SliceRepository,
        JobRepository,
        KeyRepository,
        HousekeepingRepository,
        Claims,
        SliceRunner,
        JobSignals,
        Jobs,
        JobWorker,
        JobHousekeeper,
      ],
      exports: [Jobs],
    };
  }

  onModuleInit(): void {
    for (const kind of this.options.kinds) {
      this.registry.add(typeof kind === 'function' ? this.modules.get<AnyJobKind>(kind, { strict: false }) : kind);
    }
    if (this.options.observer) this.observer.bind(this.modules.get(this.options.observer, { strict: false }));
  }
}
