import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a part has cost per UTC day. Part 0 is the row every change of a day locks, and pays for what no part asked for. */
@Entity('upstream_spend')
@Index('upstream_spend_part_id', ['partId'])
export class UpstreamSpendEntity {
  @PrimaryColumn({ name: 'utc_day', type: 'date' })
  utcDay: string;

  @PrimaryColumn({ type: 'tinyint' })
  source: number;

  @PrimaryColumn({ name: 'part_id', type: 'bigint' })
  partId: number;

  @Column({ name: 'micro_usd', type: 'bigint' })
  microUsd: number;

  @Column({ type: 'int' })
  posts: number;

  @Column({ type: 'int' })
  users: number;
}

/** Money put aside for a request that is under way, or whose outcome nobody knows. */
@Entity('upstream_reservation')
@Index('upstream_reservation_part_id', ['partId'])
@Index('upstream_reservation_utc_day', ['utcDay', 'source'])
export class UpstreamReservationEntity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id: string;

  @Column({ name: 'utc_day', type: 'date' })
  utcDay: string;

  @Column({ type: 'tinyint' })
  source: number;

  @Column({ name: 'part_id', type: 'bigint' })
  partId: number;

  /** Names the page within the part: the same again when the page has to be repeated. */
  @Column({ name: 'page_key', type: 'varchar', length: 64, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  pageKey: string;

  @Column({ name: 'micro_usd', type: 'bigint' })
  microUsd: number;

  @Column({ name: 'page_size', type: 'smallint' })
  pageSize: number;

  /** 1: kept aside for a stream as long as it is open, not for one request. */
  @Column({ name: 'is_standing', type: 'tinyint' })
  isStanding: number;

  /** JSON of the request, so that it is repeated word for word. */
  @Column({ type: 'text' })
  request: string;

  @Column({ name: 'made_at', type: 'datetime', precision: 3 })
  madeAt: Date;
}

/** What was billed on a UTC day: the same thing is not billed again on that day. */
@Entity('upstream_billed')
export class UpstreamBilledEntity {
  @PrimaryColumn({ name: 'utc_day', type: 'date' })
  utcDay: string;

  @PrimaryColumn({ type: 'tinyint' })
  source: number;

  /** 1 post, 2 user. */
  @PrimaryColumn({ type: 'tinyint' })
  kind: number;

  @PrimaryColumn({ name: 'ext_id', type: 'varchar', length: 32, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  extId: string;
}
