import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('capture')
@Index('capture_tenant', ['tenant', 'createdAt', 'id'])
export class CaptureEntity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id: string;

  @Column({ type: 'varchar', length: 64 })
  tenant: string;

  @Column({ type: 'varchar', length: 139, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  tag: string;

  @Column({ type: 'varchar', length: 10 })
  mode: string;

  @Column({ name: 'every_seconds', type: 'int', nullable: true })
  everySeconds: number | null;

  @Column({ name: 'from_at', type: 'datetime', precision: 3, nullable: true })
  fromAt: Date | null;

  @Column({ name: 'budget_micro_usd', type: 'bigint', nullable: true })
  budgetMicroUsd: number | null;

  /** As asked for, sorted: tells a repeated start from another capture under the same id. */
  @Column({ type: 'varchar', length: 200 })
  sources: string;

  @Column({ name: 'estimate_json', type: 'text' })
  estimateJson: string;

  @Column({ name: 'is_paused', type: 'tinyint', default: 0 })
  paused: number;

  @Column({ type: 'varchar', length: 64 })
  traceparent: string;

  @Column({ name: 'request_id', type: 'varchar', length: 128 })
  requestId: string;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'finished_at', type: 'datetime', precision: 3, nullable: true })
  finishedAt: Date | null;

  /** The row stays, so that deleting twice is harmless and the id is not used again. */
  @Column({ name: 'deleted_at', type: 'datetime', precision: 3, nullable: true })
  deletedAt: Date | null;
}

/** Time of which posts may be missing for good. */
@Entity('capture_gap')
@Index('capture_gap_capture', ['captureId', 'fromAt'])
export class CaptureGapEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column({ name: 'capture_id', type: 'char', length: 36 })
  captureId: string;

  @Column({ name: 'part_id', type: 'bigint' })
  partId: number;

  @Column({ name: 'from_at', type: 'datetime', precision: 3 })
  fromAt: Date;

  @Column({ name: 'to_at', type: 'datetime', precision: 3 })
  toAt: Date;

  @Column({ type: 'varchar', length: 100 })
  reason: string;
}
