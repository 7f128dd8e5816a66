import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Up to 100 posts of a source, named by the range of their ids, that are looked up together. */
@Entity('compliance_block')
@Index('compliance_block_first_id', ['source', 'firstId'], { unique: true })
@Index('compliance_block_due_at', ['source', 'dueAt'])
export class ComplianceBlockEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column({ type: 'tinyint' })
  source: number;

  @Column({ name: 'first_id', type: 'bigint' })
  firstId: number;

  @Column({ name: 'last_id', type: 'bigint' })
  lastId: number;

  /** Since when the posts are known to have been there, before anybody looked again. */
  @Column({ name: 'known_at', type: 'datetime', precision: 3 })
  knownAt: Date;

  @Column({ name: 'checked_at', type: 'datetime', precision: 3, nullable: true })
  checkedAt: Date | null;

  @Column({ name: 'due_at', type: 'datetime', precision: 3 })
  dueAt: Date;

  @Column({ type: 'int', default: 0 })
  fence: number;

  @Column({ name: 'lease_until', type: 'datetime', precision: 6, nullable: true })
  leaseUntil: Date | null;
}

/** Up to where posts are in blocks. */
@Entity('compliance_scan')
export class ComplianceScanEntity {
  @PrimaryColumn({ type: 'tinyint' })
  source: number;

  @Column({ name: 'scanned_id', type: 'bigint' })
  scannedId: number;

  /** The newest post at `ceiling_at`. Rows below it are all committed by the next scan. */
  @Column({ name: 'ceiling_id', type: 'bigint' })
  ceilingId: number;

  @Column({ name: 'ceiling_at', type: 'datetime', precision: 3 })
  ceilingAt: Date;

  /** The posts up to the ceiling may have gone while nobody looked. */
  @Column({ name: 'is_backlog', type: 'tinyint' })
  backlog: number;
}
