import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('archive_import')
@Index('archive_import_state', ['state', 'createdAt'])
@Index('archive_import_tenant', ['tenant', 'createdAt', 'id'])
@Index('archive_import_blob', ['blobRef'])
export class ArchiveImportEntity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id: string;

  @Column({ type: 'varchar', length: 64 })
  tenant: string;

  @Column({ type: 'varchar', length: 200, nullable: true })
  tag: string | null;

  @Column({ name: 'blob_ref', type: 'char', length: 64 })
  blobRef: string;

  @Column({ type: 'bigint' })
  bytes: number;

  /** queued, running, parsed (all rows stored, roll-ups pending), done or failed. */
  @Column({ type: 'varchar', length: 10 })
  state: string;

  @Column({ type: 'varchar', length: 200, nullable: true })
  format: string | null;

  @Column({ name: 'next_record', type: 'bigint', default: 0 })
  nextRecord: number;

  @Column({ name: 'lines_read', type: 'bigint', default: 0 })
  linesRead: number;

  @Column({ name: 'posts_new', type: 'bigint', default: 0 })
  postsNew: number;

  @Column({ name: 'posts_duplicate', type: 'bigint', default: 0 })
  postsDuplicate: number;

  @Column({ name: 'posts_invalid', type: 'bigint', default: 0 })
  postsInvalid: number;

  @Column({ name: 'events_emitted', type: 'int', default: 0 })
  eventsEmitted: number;

  @Column({ name: 'events_applied', type: 'int', default: 0 })
  eventsApplied: number;

  @Column({ type: 'int', default: 0 })
  attempts: number;

  /** Grows with every claim; a worker that lost its lease can no longer write. */
  @Column({ type: 'int', default: 0 })
  fence: number;

  @Column({ name: 'lease_until', type: 'datetime', precision: 6, nullable: true })
  leaseUntil: Date | null;

  @Column({ type: 'varchar', length: 64 })
  traceparent: string;

  @Column({ name: 'request_id', type: 'varchar', length: 128 })
  requestId: string;

  @Column({ type: 'varchar', length: 1000, nullable: true })
  reason: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'finished_at', type: 'datetime', precision: 3, nullable: true })
  finishedAt: Date | null;
}

@Entity('archive_import_error')
export class ArchiveImportErrorEntity {
  @PrimaryColumn({ name: 'import_id', type: 'char', length: 36 })
  importId: string;

  @PrimaryColumn({ type: 'bigint' })
  line: number;

  @PrimaryColumn({ type: 'int' })
  seq: number;

  @Column({ type: 'varchar', length: 500 })
  reason: string;
}
