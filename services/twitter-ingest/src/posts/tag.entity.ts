import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

@Entity('tag')
@Index('tag_tag_key', ['key'], { unique: true })
export class TagEntity {
  @PrimaryGeneratedColumn({ type: 'int' })
  id: number;

  @Column({ name: 'tag_key', type: 'varchar', length: 139, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  key: string;

  @Column({ type: 'varchar', length: 200 })
  spelling: string;
}

@Entity('post_tag')
@Index('post_tag_post_id', ['postId'])
export class PostTagEntity {
  @PrimaryColumn({ name: 'tag_id', type: 'int' })
  tagId: number;

  @PrimaryColumn({ name: 'posted_at', type: 'datetime', precision: 3 })
  postedAt: Date;

  @PrimaryColumn({ name: 'post_id', type: 'bigint' })
  postId: number;

  /** Bit set of where the tag comes from, see `originBits`. */
  @Column({ type: 'tinyint' })
  origins: number;
}
