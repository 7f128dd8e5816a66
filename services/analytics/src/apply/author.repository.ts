import { Injectable } from '@nestjs/common';
import type { PostKind } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows } from '#libs/persistence';
import { KIND_COLUMNS } from '../codes.domain.js';
import type { AuthorRank, AuthorRow, FollowerCount } from './author.domain.js';
import type { KindCounts } from './delta-table.domain.js';

export interface AuthorInTag {
  authorId: number;
  tagId: number;
  source: number;
  posts: KindCounts;
}

interface RankRow {
  id: number;
  rev: number;
  country: string;
  followers: number | null;
  followers_seen_at: number | null;
  rank_key: number;
  order_key: Buffer;
}

const COLUMNS = [
  'id',
  'rev',
  'source',
  'ext_id',
  'username',
  'name',
  'country',
  'followers',
  'followers_seen_at',
  'rank_key',
  'order_key',
] as const;
const NEWEST_WINS = COLUMNS.slice(1)
  .map((column) => `${column} = VALUES(${column})`)
  .join(', ');

@Injectable()
export class AuthorRepository {
  async findRanks(tx: SqlExecutor, ids: number[]): Promise<Map<number, AuthorRank>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.query<RankRow[]>(
      'SELECT id, rev, country, followers, followers_seen_at, rank_key, order_key FROM author WHERE id IN (?)',
      [ids],
    );
    return new Map(
      rows.map(({ followers_seen_at, rank_key, order_key, ...row }) => [
        row.id,
        { ...row, followersSeenAt: followers_seen_at, rankKey: rank_key, orderKey: order_key },
      ]),
    );
  }

  async replace(tx: SqlExecutor, authors: AuthorRow[]): Promise<void> {
    const rows = [...authors]
      .sort((a, b) => a.id - b.id)
      .map((author) => [
        author.id,
        author.rev,
        author.source,
        author.extId,
        author.username,
        author.name,
        author.country,
        author.followers,
        author.followersSeenAt,
        author.rankKey,
        author.orderKey,
      ]);
    await insertRows(tx, 'author', COLUMNS, rows, { onDuplicate: NEWEST_WINS });
  }

  /** Keeps follower counts with the time they were seen. */
  async addSnapshots(tx: SqlExecutor, authors: FollowerCount[]): Promise<void> {
    const rows = authors
      .filter(({ followers, followersSeenAt }) => followers !== null && followersSeenAt !== null)
      .map(({ id, followers, followersSeenAt }) => [id, followersSeenAt, followers]);
    await insertRows(tx, 'author_snapshot', ['author_id', 'seen_at', 'followers'], rows, {
      onDuplicate: 'followers = VALUES(followers)',
    });
  }

  /** Repeats the authors' rank in all their `tag_author` rows. */
  async spreadRanks(tx: SqlExecutor, authorIds: number[]): Promise<void> {
    if (authorIds.length === 0) return;
    await tx.query(
      `UPDATE author a JOIN tag_author t ON t.author_id = a.id
       SET t.rank_key = a.rank_key, t.order_key = a.order_key, t.source = a.source
       WHERE a.id IN (?)`,
      [authorIds],
    );
  }

  async tagsOf(tx: SqlExecutor, authorIds: number[]): Promise<AuthorInTag[]> {
    if (authorIds.length === 0) return [];
    const rows = await tx.query<({ author_id: number; tag_id: number; source: number } & Record<PostKind, number>)[]>(
      `SELECT author_id, tag_id, source, ${KIND_COLUMNS.join(', ')} FROM tag_author WHERE author_id IN (?)`,
      [authorIds],
    );
    return rows.map((row) => ({
      authorId: row.author_id,
      tagId: row.tag_id,
      source: row.source,
      posts: [row.original, row.reply, row.quote, row.repost],
    }));
  }
}
