import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows } from '#libs/persistence';
import type { PostFacts } from './post.domain.js';

interface FactRow {
  tag_id: number;
  posted_at: number;
  post_id: number;
  rev: number;
  author_id: number;
  source: number;
  kind: number;
  origins: number;
  lang: string;
  country: string;
}

const COLUMNS = [
  'tag_id',
  'posted_at',
  'post_id',
  'rev',
  'author_id',
  'source',
  'kind',
  'origins',
  'lang',
  'country',
] as const;

@Injectable()
export class FactRepository {
  async findByPosts(tx: SqlExecutor, postIds: number[]): Promise<Map<number, PostFacts>> {
    const rows = await tx.query<FactRow[]>(`SELECT ${COLUMNS.join(', ')} FROM post_fact WHERE post_id IN (?)`, [
      postIds,
    ]);
    const posts = new Map<number, PostFacts>();
    for (const row of rows) {
      const use = { tagId: row.tag_id, origins: row.origins };
      const known = posts.get(row.post_id);
      if (known) known.tags.push(use);
      else {
        posts.set(row.post_id, {
          postId: row.post_id,
          rev: row.rev,
          source: row.source,
          kind: row.kind,
          lang: row.lang,
          country: row.country,
          authorId: row.author_id,
          postedAt: row.posted_at,
          tags: [use],
        });
      }
    }
    return posts;
  }

  async findTombstones(tx: SqlExecutor, postIds: number[]): Promise<Map<number, number>> {
    const rows = await tx.query<{ post_id: number; rev: number }[]>(
      'SELECT post_id, rev FROM post_tombstone WHERE post_id IN (?)',
      [postIds],
    );
    return new Map(rows.map((row) => [row.post_id, row.rev]));
  }

  async insert(tx: SqlExecutor, posts: PostFacts[]): Promise<void> {
    const rows = posts.flatMap((post) =>
      post.tags.map(({ tagId, origins }) => [
        tagId,
        post.postedAt,
        post.postId,
        post.rev,
        post.authorId,
        post.source,
        post.kind,
        origins,
        post.lang,
        post.country,
      ]),
    );
    const compare = (a: (number | string)[], b: (number | string)[], i: number) => Number(a[i]) - Number(b[i]);
    rows.sort((a, b) => compare(a, b, 0) || compare(a, b, 1) || compare(a, b, 2));
    await insertRows(tx, 'post_fact', COLUMNS, rows);
  }

  async remove(tx: SqlExecutor, postIds: number[]): Promise<void> {
    if (postIds.length > 0) await tx.query('DELETE FROM post_fact WHERE post_id IN (?)', [postIds]);
  }

  /** Remembers the revision of posts that have no facts (deleted, or no longer in any tag). */
  async putTombstones(tx: SqlExecutor, posts: PostFacts[]): Promise<void> {
    const rows = posts.map(({ postId, rev }) => [postId, rev]);
    await insertRows(tx, 'post_tombstone', ['post_id', 'rev'], rows, { onDuplicate: 'rev = VALUES(rev)' });
  }

  async removeTombstones(tx: SqlExecutor, postIds: number[]): Promise<void> {
    if (postIds.length > 0) await tx.query('DELETE FROM post_tombstone WHERE post_id IN (?)', [postIds]);
  }
}
