import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('site')
@Index('site_by_name', ['name'], { unique: true })
export class SiteEntity {
  @PrimaryGeneratedColumn({ type: 'smallint', unsigned: true })
  id: number;

  @Column({ type: 'varchar', length: 100, charset: 'ascii', collation: 'ascii_bin' })
  name: string;
}

/** Who came on a day that is not closed yet. */
@Entity('visitor_day')
export class VisitorDayEntity {
  @PrimaryColumn({ type: 'int' })
  day: number;

  @PrimaryColumn({ name: 'site_id', type: 'smallint', unsigned: true })
  siteId: number;

  @PrimaryColumn({ type: 'binary', length: 16 })
  visitor: Buffer;
}

@Entity('visit_count')
export class VisitCountEntity {
  @PrimaryColumn({ name: 'site_id', type: 'smallint', unsigned: true })
  siteId: number;

  @PrimaryColumn({ type: 'int' })
  day: number;

  @Column({ type: 'bigint' })
  uniques: number;

  @Column({ type: 'bigint' })
  hits: number;

  @Column({ type: 'bigint' })
  dnt: number;

  @Column({ type: 'bigint' })
  bots: number;
}

/** The visitors of a day as a sketch, under the key of one period. */
@Entity('day_sketch')
export class DaySketchEntity {
  @PrimaryColumn({ name: 'site_id', type: 'smallint', unsigned: true })
  siteId: number;

  @PrimaryColumn({ type: 'int' })
  period: number;

  @PrimaryColumn({ type: 'int' })
  day: number;

  @Column({ type: 'mediumblob' })
  registers: Buffer;
}
