import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Index('post_fact_by_post', ['post_id'])
@Entity('post_fact')
export class PostFactEntity {
  @PrimaryColumn({ type: 'int', unsigned: true })
  tag_id: number;

  @PrimaryColumn({ type: 'bigint' })
  posted_at: number;

  @PrimaryColumn({ type: 'bigint', unsigned: true })
  post_id: number;

  @Column({ type: 'bigint' })
  rev: number;

  @Column({ type: 'bigint', unsigned: true })
  author_id: number;

  @Column({ type: 'tinyint', unsigned: true })
  source: number;

  @Column({ type: 'tinyint', unsigned: true })
  kind: number;

  @Column({ type: 'tinyint', unsigned: true })
  origins: number;

  @Column({ type: 'varchar', length: 35, charset: 'ascii', collation: 'ascii_bin' })
  lang: string;

  @Column({ type: 'char', length: 2, charset: 'ascii', collation: 'ascii_bin' })
  country: string;
}
