import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('job_lane')
@Index('job_lane_owner', ['tenant', 'jobClass'], { unique: true })
@Index('job_lane_next', ['jobClass', 'runnable', 'vtime'])
@Index('job_lane_vtime', ['vtime'])
export class JobLaneEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column({ type: 'varchar', length: 64 })
  tenant: string;

  @Column({ name: 'job_class', type: 'varchar', length: 10 })
  jobClass: string;

  /** Seconds of work served, divided by the weight. */
  @Column({ type: 'double', default: 0 })
  vtime: number;

  @Column({ type: 'double', default: 1 })
  weight: number;

  /** Seconds a slice of this lane usually takes: what a claim is charged until the true cost is known. */
  @Column({ name: 'mean_cost', type: 'double' })
  meanCost: number;

  /** Most slices that run at the same time. */
  @Column({ type: 'int' })
  cap: number;

  @Column({ type: 'int', default: 0 })
  ready: number;

  @Column({ type: 'int', default: 0 })
  running: number;

  @Column({ name: 'waiting_jobs', type: 'int', default: 0 })
  waitingJobs: number;

  @Column({ type: 'tinyint', default: 0 })
  runnable: number;
}

@Entity('job')
@Index('job_tenant', ['tenant', 'queuedAt', 'id'])
@Index('job_tenant_kind', ['tenant', 'kind', 'queuedAt', 'id'])
@Index('job_state', ['state', 'expiresAt'])
@Index('job_lane_state', ['laneId', 'state', 'queuedAt'])
@Index('job_blob', ['blobRef'])
export class JobEntity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id: string;

  @Column({ type: 'varchar', length: 64 })
  tenant: string;

  @Column({ type: 'varchar', length: 64 })
  kind: string;

  @Column({ name: 'job_class', type: 'varchar', length: 10 })
  jobClass: string;

  @Column({ name: 'lane_id', type: 'bigint' })
  laneId: number;

  @Column({ type: 'varchar', length: 10 })
  state: string;

  @Column({ name: 'params_json', type: 'mediumtext' })
  paramsJson: string;

  @Column({ name: 'body_hash', type: 'varchar', length: 64, nullable: true })
  bodyHash: string | null;

  @Column({ name: 'idempotency_key', type: 'varchar', length: 255, nullable: true })
  idempotencyKey: string | null;

  @Column({ name: 'slices_total', type: 'int' })
  slicesTotal: number;

  @Column({ name: 'slices_done', type: 'int', default: 0 })
  slicesDone: number;

  @Column({ name: 'bytes_total', type: 'bigint', default: 0 })
  bytesTotal: number;

  /** Of the slices that are done. */
  @Column({ name: 'bytes_done', type: 'bigint', default: 0 })
  bytesDone: number;

  @Column({ name: 'units_total', type: 'bigint', default: 0 })
  unitsTotal: number;

  @Column({ name: 'units_done', type: 'bigint', default: 0 })
  unitsDone: number;

  @Column({ type: 'int', default: 0 })
  failures: number;

  @Column({ name: 'exec_us', type: 'bigint', default: 0 })
  execUs: number;

  @Column({ name: 'problem_code', type: 'varchar', length: 100, nullable: true })
  problemCode: string | null;

  @Column({ name: 'problem_message', type: 'varchar', length: 1000, nullable: true })
  problemMessage: string | null;

  @Column({ name: 'result_json', type: 'mediumtext', nullable: true })
  resultJson: string | null;

  @Column({ name: 'blob_ref', type: 'varchar', length: 128, nullable: true })
  blobRef: string | null;

  @Column({ name: 'blob_bytes', type: 'bigint', nullable: true })
  blobBytes: number | null;

  @Column({ name: 'blob_type', type: 'varchar', length: 100, nullable: true })
  blobType: string | null;

  @Column({ type: 'varchar', length: 64 })
  traceparent: string;

  @Column({ name: 'request_id', type: 'varchar', length: 128 })
  requestId: string;

  @Column({ name: 'received_at', type: 'datetime', precision: 6 })
  receivedAt: Date;

  @Column({ name: 'queued_at', type: 'datetime', precision: 6 })
  queuedAt: Date;

  @Column({ name: 'started_at', type: 'datetime', precision: 6, nullable: true })
  startedAt: Date | null;

  @Column({ name: 'finished_at', type: 'datetime', precision: 6, nullable: true })
  finishedAt: Date | null;

  @Column({ name: 'expires_at', type: 'datetime', precision: 6, nullable: true })
  expiresAt: Date | null;
}

@Entity('job_slice')
@Index('job_slice_place', ['jobId', 'sliceIndex'], { unique: true })
@Index('job_slice_next', ['laneId', 'state', 'id'])
@Index('job_slice_due', ['state', 'runAt'])
@Index('job_slice_lease', ['state', 'leaseUntil'])
export class JobSliceEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column({ name: 'job_id', type: 'char', length: 36 })
  jobId: string;

  @Column({ name: 'lane_id', type: 'bigint' })
  laneId: number;

  @Column({ name: 'slice_index', type: 'int' })
  sliceIndex: number;

  /** The last slice of a job that was cut: it puts the results of the others together. */
  @Column({ name: 'is_merge', type: 'tinyint', default: 0 })
  isMerge: number;

  /** ready, delayed (until `run_at`), blocked (a merge that waits for the others), running, done or dropped. */
  @Column({ type: 'varchar', length: 10 })
  state: string;

  @Column({ name: 'run_at', type: 'datetime', precision: 6 })
  runAt: Date;

  @Column({ type: 'int', default: 0 })
  attempts: number;

  /** Workers that went silent while they had it, in a row. */
  @Column({ name: 'lost_leases', type: 'int', default: 0 })
  lostLeases: number;

  /** Grows with every claim; a worker that lost its lease can no longer write. */
  @Column({ type: 'int', default: 0 })
  fence: number;

  @Column({ name: 'lease_until', type: 'datetime', precision: 6, nullable: true })
  leaseUntil: Date | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  worker: string | null;

  /** What the lane was charged for the attempt under way. */
  @Column({ type: 'double', default: 0 })
  charged: number;

  @Column({ name: 'bytes_total', type: 'bigint', default: 0 })
  bytesTotal: number;

  @Column({ name: 'bytes_done', type: 'bigint', default: 0 })
  bytesDone: number;

  @Column({ name: 'units_total', type: 'bigint', default: 0 })
  unitsTotal: number;

  @Column({ name: 'units_done', type: 'bigint', default: 0 })
  unitsDone: number;

  @Column({ name: 'payload_json', type: 'mediumtext' })
  payloadJson: string;

  @Column({ name: 'result_json', type: 'mediumtext', nullable: true })
  resultJson: string | null;
}

@Entity('job_key')
@Index('job_key_reserved', ['isUsed', 'reservedUntil'])
export class JobKeyEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  tenant: string;

  @PrimaryColumn({ name: 'idempotency_key', type: 'varchar', length: 255 })
  idempotencyKey: string;

  @Column({ name: 'job_id', type: 'char', length: 36 })
  jobId: string;

  @Column({ name: 'is_used', type: 'tinyint', default: 0 })
  isUsed: number;

  @Column({ name: 'reserved_until', type: 'datetime', precision: 6 })
  reservedUntil: Date;
}

@Entity('job_worker')
export class JobWorkerEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  id: string;

  @Column({ type: 'int' })
  slots: number;

  @Column({ name: 'seen_at', type: 'datetime', precision: 6 })
  seenAt: Date;
}

/** What a service adds to the entities of its schema. */
export const JOB_ENTITIES = [JobLaneEntity, JobEntity, JobSliceEntity, JobKeyEntity, JobWorkerEntity];
