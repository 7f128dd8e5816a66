import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rollup_lang_day')
export class RollupLangDayEntity {
  @PrimaryColumn({ type: 'int', unsigned: true })
  tag_id: number;

  @PrimaryColumn({ type: 'int' })
  day: number;

  @PrimaryColumn({ type: 'varchar', length: 35, charset: 'ascii', collation: 'ascii_bin' })
  lang: string;

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
