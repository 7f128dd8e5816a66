import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rollup_profile')
export class RollupProfileEntity {
  @PrimaryColumn({ type: 'int', unsigned: true })
  tag_id: number;

  @PrimaryColumn({ type: 'tinyint', unsigned: true })
  source: number;

  @PrimaryColumn({ type: 'char', length: 2, charset: 'ascii', collation: 'ascii_bin' })
  country: string;

  @Column({ type: 'int' })
  authors: number;

  @Column({ type: 'int', default: 0 })
  original: number;

  @Column({ type: 'int', default: 0 })
  reply: number;

  @Column({ type: 'int', default: 0 })
  quote: number;

  @Column({ type: 'int', default: 0 })
  repost: number;
}
