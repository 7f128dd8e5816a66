import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rollup_15m')
export class Rollup15mEntity {
  @PrimaryColumn({ type: 'int', unsigned: true })
  tag_id: number;

  @PrimaryColumn({ type: 'int' })
  bucket: number;

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
