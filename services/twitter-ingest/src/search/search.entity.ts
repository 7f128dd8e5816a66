import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The words of a post for the full-text index of the database. Empty for a deleted one, whose revision is kept. */
@Entity('post_search')
@Index('post_search_words', ['words'], { fulltext: true })
export class PostSearchEntity {
  @PrimaryColumn({ name: 'post_id', type: 'bigint' })
  postId: number;

  @Column({ type: 'int' })
  rev: number;

  @Column({ name: 'posted_at', type: 'datetime', precision: 3 })
  postedAt: Date;

  @Column({ type: 'mediumtext', charset: 'ascii', collation: 'ascii_general_ci' })
  words: string;
}

/** How far the index in use has been filled with posts that are older than itself. One row. */
@Entity('search_state')
export class SearchStateEntity {
  @PrimaryColumn({ type: 'tinyint' })
  id: number;

  @Column({ name: 'target', type: 'varchar', length: 100 })
  target: string;

  @Column({ name: 'last_post_id', type: 'bigint' })
  lastPostId: number;

  @Column({ name: 'finished_at', type: 'datetime', precision: 3, nullable: true })
  finishedAt: Date | null;
}
