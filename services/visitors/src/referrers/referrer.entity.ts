import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Hits of a day that the pages of a host have led to. */
@Entity('visit_referrer')
export class VisitReferrerEntity {
  @PrimaryColumn({ name: 'site_id', type: 'smallint', unsigned: true })
  siteId: number;

  @PrimaryColumn({ type: 'int' })
  day: number;

  @PrimaryColumn({ type: 'varchar', length: 100, charset: 'ascii', collation: 'ascii_bin' })
  host: string;

  @Column({ type: 'bigint' })
  hits: number;
}
