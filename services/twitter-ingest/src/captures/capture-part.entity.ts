import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One source and instance of a capture: the unit of work of the capture workers. */
@Entity('capture_part')
@Index('capture_part_target', ['captureId', 'source', 'target'], { unique: true })
@Index('capture_part_due', ['held', 'nextStepAt'])
@Index('capture_part_source', ['source', 'state'])
export class CapturePartEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column({ name: 'capture_id', type: 'char', length: 36 })
  captureId: string;

  @Column({ type: 'varchar', length: 16 })
  source: string;

  @Column({ name: 'stored_as', type: 'varchar', length: 16 })
  storedAs: string;

  @Column({ type: 'varchar', length: 255 })
  target: string;

  /** running, waiting, stopped, failed or done; paused is what `held` says. */
  @Column({ type: 'varchar', length: 10 })
  state: string;

  @Column({ type: 'varchar', length: 10 })
  phase: string;

  @Column({ name: 'checkpoint_json', type: 'mediumtext', nullable: true })
  checkpointJson: string | null;

  /** The capture is paused or deleted: no further step begins, one that runs is stored. */
  @Column({ name: 'is_held', type: 'tinyint', default: 0 })
  held: number;

  /** Null: no step until somebody acts. */
  @Column({ name: 'next_step_at', type: 'datetime', precision: 6, nullable: true })
  nextStepAt: Date | null;

  /** Null: nobody works on it. */
  @Column({ name: 'lease_until', type: 'datetime', precision: 6, nullable: true })
  leaseUntil: Date | null;

  /** Grows with every claim; a worker that lost its lease can no longer write. */
  @Column({ type: 'int', default: 0 })
  fence: number;

  /** Grows with every wish for a step at once; a step that runs meanwhile is followed by another. */
  @Column({ type: 'int', default: 0 })
  pokes: number;

  /** Failures since the last success. */
  @Column({ type: 'int', default: 0 })
  attempts: number;

  @Column({ name: 'wait_reason', type: 'varchar', length: 40, nullable: true })
  waitReason: string | null;

  @Column({ name: 'wait_detail', type: 'varchar', length: 500, nullable: true })
  waitDetail: string | null;

  @Column({ name: 'wait_until', type: 'datetime', precision: 3, nullable: true })
  waitUntil: Date | null;

  @Column({ name: 'posts_new', type: 'bigint', default: 0 })
  postsNew: number;

  @Column({ name: 'posts_duplicate', type: 'bigint', default: 0 })
  postsDuplicate: number;

  @Column({ name: 'posts_invalid', type: 'bigint', default: 0 })
  postsInvalid: number;

  @Column({ name: 'posts_deleted', type: 'bigint', default: 0 })
  postsDeleted: number;

  @Column({ type: 'bigint', default: 0 })
  requests: number;

  @Column({ name: 'spent_micro_usd', type: 'bigint', default: 0 })
  spentMicroUsd: number;

  @Column({ name: 'seen_up_to', type: 'datetime', precision: 3, nullable: true })
  seenUpTo: Date | null;

  /** When a step last came to the end of what there was to read. */
  @Column({ name: 'polled_at', type: 'datetime', precision: 3, nullable: true })
  polledAt: Date | null;

  @Column({ name: 'last_post_at', type: 'datetime', precision: 3, nullable: true })
  lastPostAt: Date | null;
}
