import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Index('tag_author_top', ['tag_id', 'rank_key', 'order_key'])
@Entity('tag_author')
export class TagAuthorEntity {
  @PrimaryColumn({ type: 'bigint', unsigned: true })
  author_id: number;

  @PrimaryColumn({ type: 'int', unsigned: true })
  tag_id: number;

  @Column({ type: 'tinyint', unsigned: true })
  source: number;

  @Column({ type: 'int' })
  original: number;

  @Column({ type: 'int' })
  reply: number;

  @Column({ type: 'int' })
  quote: number;

  @Column({ type: 'int' })
  repost: number;

  @Column({ type: 'bigint' })
  rank_key: number;

  @Column({ type: 'varbinary', length: 260 })
  order_key: Buffer;
}
