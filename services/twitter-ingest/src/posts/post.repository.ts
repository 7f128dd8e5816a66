import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import type { Source } from '#libs/contracts';
import { insertAbsentRows, insertRows } from '#libs/persistence';
import type { IncomingPost } from '../formats/index.js';
import { idsBySource, keyOf } from './author.repository.js';
import { kindCode, sourceCode, sourceOf } from './codes.domain.js';

/** What the store has to know of a row to decide what a copy of the post changes. */
export interface PostRow {
  id: number;
  source: Source;
  extId: string;
  firstBatch: number;
  version: string;
  rev: number;
  postedAt: Date;
  kind: number;
  lang: string;
  country: string | null;
  authorId: number;
  deleted: boolean;
}

export interface PostTagRow {
  postId: number;
  tagId: number;
  postedAt: Date;
  origins: number;
}

export type PostKey = Pick<IncomingPost, 'source' | 'extId'>;

const COLUMNS = [
  'source', 'ext_id', 'first_batch', 'version', 'url', 'posted_at', 'kind', 'ref_ext_id', 'text', 'lang', 'country',
  'author_id', 'reposts', 'replies', 'likes', 'quotes', 'is_sensitive', 'is_edited', 'rev',
]; // prettier-ignore

const LOCKED_COLUMNS =
  'id, source, ext_id, first_batch, version, rev, posted_at, kind, lang, country, author_id, deleted_at';

interface LockedRow {
  id: number;
  source: number;
  ext_id: string;
  first_batch: number;
  version: string;
  rev: number;
  posted_at: Date;
  kind: number;
  lang: string;
  country: string | null;
  author_id: number;
  deleted_at: Date | null;
}

/** All SQL that writes posts. Every method works inside the caller's transaction. */
@Injectable()
export class PostRepository {
  /**
   * Adds the posts that are not there yet, marked with `batch`; leaves the others as they are.
   *
   * @returns the rows if all of them are new, else nothing: they have to be read then
   */
  async insertMissing(
    tx: SqlExecutor,
    posts: readonly IncomingPost[],
    authorId: (post: IncomingPost) => number,
    batch: number,
  ): Promise<Map<string, PostRow> | undefined> {
    const rows = posts.map((post) => [
      sourceCode(post.source), post.extId, batch, post.version, post.url, new Date(post.postedAt), kindCode(post.kind),
      post.refExtId, post.text, post.lang, post.country, authorId(post), post.metrics.reposts, post.metrics.replies,
      post.metrics.likes, post.metrics.quotes, Number(post.sensitive), Number(post.edited), 1,
    ]); // prettier-ignore
    const ids = await insertAbsentRows(tx, 'post', COLUMNS, rows);
    return ids && new Map(posts.map((post, index) => [keyOf(post), newRow(post, ids[index]!, authorId(post), batch)]));
  }

  async lock(tx: SqlExecutor, posts: Iterable<PostKey>): Promise<Map<string, PostRow>> {
    const found = new Map<string, PostRow>();
    for (const [source, extIds] of idsBySource(posts)) {
      const rows = await tx.query<LockedRow[]>(
        `SELECT ${LOCKED_COLUMNS} FROM post WHERE source = ? AND ext_id IN (?) ORDER BY ext_id FOR UPDATE`,
        [sourceCode(source), extIds],
      );
      for (const row of rows) {
        const post = fromRow(row);
        found.set(keyOf(post), post);
      }
    }
    return found;
  }

  /** Those of the given posts that must not come (back). */
  async tombstoned(tx: SqlExecutor, posts: Iterable<PostKey>): Promise<Set<string>> {
    const found = new Set<string>();
    for (const [source, extIds] of idsBySource(posts)) {
      const rows = await tx.query<{ ext_id: string }[]>(
        'SELECT ext_id FROM post_tombstone WHERE source = ? AND ext_id IN (?)',
        [sourceCode(source), extIds],
      );
      for (const row of rows) found.add(keyOf({ source, extId: row.ext_id }));
    }
    return found;
  }

  async insertTombstones(
    tx: SqlExecutor,
    graves: readonly (PostKey & { reason: 'deleted' | 'superseded'; at: number })[],
  ): Promise<void> {
    const rows = graves.map(({ source, extId, reason, at }) => [sourceCode(source), extId, reason, new Date(at)]);
    await insertRows(tx, 'post_tombstone', ['source', 'ext_id', 'reason', 'at'], rows, { ignore: true });
  }

  /** The content of a deleted post goes as well: sources ask for that, and nobody needs it. */
  async markDeleted(tx: SqlExecutor, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.query(
      `UPDATE post SET deleted_at = UTC_TIMESTAMP(3), text = '', url = NULL, rev = rev + 1 WHERE id IN (?)`,
      [ids],
    );
    await tx.query('DELETE FROM post_tag WHERE post_id IN (?)', [ids]);
  }

  async applyNewVersion(tx: SqlExecutor, id: number, post: IncomingPost): Promise<void> {
    await tx.query(
      'UPDATE post SET version = ?, kind = ?, ref_ext_id = ?, text = ?, lang = ?, country = ?, is_edited = ? WHERE id = ?',
      [post.version, kindCode(post.kind), post.refExtId, post.text, post.lang, post.country, Number(post.edited), id],
    );
  }

  async clearCountry(tx: SqlExecutor, ids: readonly number[]): Promise<void> {
    if (ids.length > 0) await tx.query('UPDATE post SET country = NULL, rev = rev + 1 WHERE id IN (?)', [ids]);
  }

  async raiseRevision(tx: SqlExecutor, ids: readonly number[]): Promise<void> {
    if (ids.length > 0) await tx.query('UPDATE post SET rev = rev + 1 WHERE id IN (?)', [ids]);
  }

  async tagsOf(tx: SqlExecutor, postIds: readonly number[]): Promise<PostTagRow[]> {
    if (postIds.length === 0) return [];
    const rows = await tx.query<{ post_id: number; tag_id: number; posted_at: Date; origins: number }[]>(
      'SELECT post_id, tag_id, posted_at, origins FROM post_tag WHERE post_id IN (?)',
      [postIds],
    );
    return rows.map((row) => ({
      postId: row.post_id,
      tagId: row.tag_id,
      postedAt: row.posted_at,
      origins: row.origins,
    }));
  }

  /** Sets the origins of tags of posts; 0 removes the tag from the post. */
  async putTags(tx: SqlExecutor, tags: readonly PostTagRow[]): Promise<void> {
    const kept = tags.filter((tag) => tag.origins !== 0);
    kept.sort((a, b) => a.tagId - b.tagId || a.postedAt.getTime() - b.postedAt.getTime() || a.postId - b.postId);
    const rows = kept.map((tag) => [tag.tagId, tag.postedAt, tag.postId, tag.origins]);
    await insertRows(tx, 'post_tag', ['tag_id', 'posted_at', 'post_id', 'origins'], rows, {
      onDuplicate: 'origins = VALUES(origins)',
      chunkSize: 5_000,
    });
    for (const gone of tags.filter((tag) => tag.origins === 0)) {
      await tx.query('DELETE FROM post_tag WHERE tag_id = ? AND posted_at = ? AND post_id = ?', [
        gone.tagId,
        gone.postedAt,
        gone.postId,
      ]);
    }
  }
}

function newRow(post: IncomingPost, id: number, authorId: number, batch: number): PostRow {
  const { source, extId, version, postedAt, kind, lang, country } = post;
  return {
    id,
    source,
    extId,
    version,
    lang,
    country,
    authorId,
    firstBatch: batch,
    rev: 1,
    postedAt: new Date(postedAt),
    kind: kindCode(kind),
    deleted: false,
  };
}

function fromRow(row: LockedRow): PostRow {
  return {
    id: row.id,
    source: sourceOf(row.source),
    extId: row.ext_id,
    firstBatch: row.first_batch,
    version: row.version,
    rev: row.rev,
    postedAt: row.posted_at,
    kind: row.kind,
    lang: row.lang,
    country: row.country,
    authorId: row.author_id,
    deleted: row.deleted_at !== null,
  };
}
