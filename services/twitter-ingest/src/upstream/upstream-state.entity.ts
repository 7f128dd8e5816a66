import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is left of a rate window, shared by all processes that use the credential. */
@Entity('upstream_quota')
export class UpstreamQuotaEntity {
  @PrimaryColumn({ type: 'char', length: 16 })
  credential: string;

  @PrimaryColumn({ type: 'varchar', length: 40 })
  endpoint: string;

  @Column({ name: 'max_requests', type: 'int' })
  maxRequests: number;

  @Column({ type: 'int' })
  remaining: number;

  @Column({ name: 'reset_at', type: 'datetime', precision: 3 })
  resetAt: Date;

  /** 1 until the source itself has told when the window ends. */
  @Column({ name: 'is_guess', type: 'tinyint' })
  isGuess: number;

  /** Not before: endpoints that allow one request per second. */
  @Column({ name: 'next_at', type: 'datetime', precision: 3 })
  nextAt: Date;
}

/** A credential nobody may use for now. */
@Entity('upstream_halt')
export class UpstreamHaltEntity {
  @PrimaryColumn({ type: 'char', length: 16 })
  credential: string;

  @Column({ type: 'tinyint' })
  source: number;

  @Column({ type: 'varchar', length: 30 })
  reason: string;

  @Column({ type: 'varchar', length: 500 })
  detail: string;

  /** null until somebody acts. */
  @Column({ name: 'halted_until', type: 'datetime', precision: 3, nullable: true })
  haltedUntil: Date | null;

  @Column({ name: 'halted_at', type: 'datetime', precision: 3 })
  haltedAt: Date;

  /** When one process may try again whether it still holds. */
  @Column({ name: 'probe_at', type: 'datetime', precision: 3 })
  probeAt: Date;
}

/** Parts that ask for smaller pages because the source could not answer larger ones. */
@Entity('upstream_page_size')
export class UpstreamPageSizeEntity {
  @PrimaryColumn({ name: 'part_id', type: 'bigint' })
  partId: number;

  @Column({ name: 'page_size', type: 'smallint' })
  pageSize: number;

  /** Answers 503 in a row at this size. */
  @Column({ type: 'smallint' })
  failures: number;

  @Column({ name: 'changed_at', type: 'datetime', precision: 3 })
  changedAt: Date;
}
