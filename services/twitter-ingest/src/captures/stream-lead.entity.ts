import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who reads a stream for all processes, and how far. */
@Entity('stream_lead')
export class StreamLeadEntity {
  @PrimaryColumn({ name: 'stream_key', type: 'varchar', length: 255, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  key: string;

  @Column({ type: 'varchar', length: 64 })
  owner: string;

  /** Grows with every change of the leader; one that lost the lead can no longer write. */
  @Column({ type: 'int', default: 0 })
  fence: number;

  @Column({ name: 'lease_until', type: 'datetime', precision: 6, nullable: true })
  leaseUntil: Date | null;

  @Column({ name: 'cursor_json', type: 'mediumtext', nullable: true })
  cursorJson: string | null;

  @Column({ name: 'seen_up_to', type: 'datetime', precision: 3, nullable: true })
  seenUpTo: Date | null;

  /** Since when the stream is connected; null while it is not. */
  @Column({ name: 'opened_at', type: 'datetime', precision: 3, nullable: true })
  openedAt: Date | null;

  /** What came before this has to be polled; null for a stream that goes on from its own cursor. */
  @Column({ name: 'hole_until', type: 'datetime', precision: 3, nullable: true })
  holeUntil: Date | null;

  /** waiting or stopped; null while all is well. */
  @Column({ name: 'wait_state', type: 'varchar', length: 10, nullable: true })
  waitState: string | null;

  @Column({ name: 'wait_reason', type: 'varchar', length: 40, nullable: true })
  waitReason: string | null;

  @Column({ name: 'wait_detail', type: 'varchar', length: 500, nullable: true })
  waitDetail: string | null;

  @Column({ name: 'wait_until', type: 'datetime', precision: 3, nullable: true })
  waitUntil: Date | null;
}
