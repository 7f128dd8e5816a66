import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rollup_cotag_day')
export class RollupCotagDayEntity {
  @PrimaryColumn({ type: 'int', unsigned: true })
  tag_id: number;

  @PrimaryColumn({ type: 'int' })
  day: number;

  @PrimaryColumn({ type: 'int', unsigned: true })
  co_tag_id: number;

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
