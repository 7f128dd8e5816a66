import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rollup_country_day')
export class RollupCountryDayEntity {
  @PrimaryColumn({ type: 'int', unsigned: true })
  tag_id: number;

  @PrimaryColumn({ type: 'int' })
  day: number;

  @PrimaryColumn({ type: 'char', length: 2, charset: 'ascii', collation: 'ascii_bin' })
  country: string;

  @PrimaryColumn({ type: 'tinyint', unsigned: true })
  source: number;

  @Column({ type: 'int' })
  original: number;

  @Column({ type: 'int' })
  reply: number;

  @Column({ type: 'int' })
  quote: number;

  @Column({ type: 'int' })
  repost: number;
}
