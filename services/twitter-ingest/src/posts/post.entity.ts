import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('post')
@Index('post_source_ext_id', ['source', 'extId'], { unique: true })
@Index('post_posted_at', ['postedAt', 'id'])
export class PostEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column({ type: 'tinyint' })
  source: number;

  @Column({ name: 'ext_id', type: 'varchar', length: 512, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  extId: string;

  /** The transaction that inserted the row: tells new from already present after an INSERT IGNORE. */
  @Column({ name: 'first_batch', type: 'bigint' })
  firstBatch: number;

  @Column({ type: 'varchar', length: 100 })
  version: string;

  @Column({ type: 'varchar', length: 2048, nullable: true })
  url: string | null;

  @Column({ name: 'posted_at', type: 'datetime', precision: 3 })
  postedAt: Date;

  @Column({ type: 'tinyint' })
  kind: number;

  @Column({ name: 'ref_ext_id', type: 'varchar', length: 512, nullable: true })
  refExtId: string | null;

  @Column({ type: 'mediumtext' })
  text: string;

  @Column({ type: 'varchar', length: 16 })
  lang: string;

  @Column({ type: 'char', length: 2, nullable: true })
  country: string | null;

  @Column({ name: 'author_id', type: 'bigint' })
  authorId: number;

  @Column({ type: 'int', nullable: true })
  reposts: number | null;

  @Column({ type: 'int', nullable: true })
  replies: number | null;

  @Column({ type: 'int', nullable: true })
  likes: number | null;

  @Column({ type: 'int', nullable: true })
  quotes: number | null;

  @Column({ name: 'is_sensitive', type: 'tinyint' })
  sensitive: number;

  @Column({ name: 'is_edited', type: 'tinyint' })
  edited: number;

  @Column({ type: 'int' })
  rev: number;

  @Column({ name: 'deleted_at', type: 'datetime', precision: 3, nullable: true })
  deletedAt: Date | null;
}

/** A post that is gone (or replaced by a later edit) stays gone, however late a copy of it arrives. */
@Entity('post_tombstone')
export class PostTombstoneEntity {
  @PrimaryColumn({ type: 'tinyint' })
  source: number;

  @PrimaryColumn({ name: 'ext_id', type: 'varchar', length: 512, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  extId: string;

  @Column({ type: 'varchar', length: 20 })
  reason: string;

  @Column({ type: 'datetime', precision: 3 })
  at: Date;
}
