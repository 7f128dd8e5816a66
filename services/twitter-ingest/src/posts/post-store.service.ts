import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PostState } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { isNewer, type Deletion, type IncomingPost } from '../formats/index.js';
import { AuthorRepository, keyOf, type StoredAuthors } from './author.repository.js';
import { kindOf, originsOf } from './codes.domain.js';
import { PostRepository, type PostKey, type PostRow, type PostTagRow } from './post.repository.js';
import { TagRepository } from './tag.repository.js';
import { mergeOrigins, taggingsOf, type QueryTag, type Tagging, type VersionOrder } from './tagging.domain.js';

/** Posts in file order, repetitions included, and deletions that come after them. */
export interface PostBatch {
  posts: readonly IncomingPost[];
  deletions: readonly Deletion[];
  /** What they were collected for: all of them the same, or each its own. */
  queryTag: QueryTag | null | ((post: IncomingPost) => readonly QueryTag[]);
  importId: string | null;
}

export interface StoreResult {
  new: number;
  /** Keys of the posts that were not there before. */
  fresh: string[];
  duplicate: number;
  /** States to announce. */
  posts: PostState[];
  authors: StoredAuthors;
}

/** A batch whose tags have ids. Tags are written ahead, outside the transaction of the batch. */
export interface PreparedBatch extends PostBatch {
  /** The newest version of each post. */
  unique: IncomingPost[];
  taggings: Map<IncomingPost, Map<string, Tagging>>;
  tagIds: Map<string, number>;
}

interface Change {
  row: PostRow;
  post: IncomingPost;
  /** Whether `post` replaces what the row says. */
  newer: boolean;
  rev: number;
  /** Origins by tag key; only tags that stay. */
  tags: Map<string, number>;
}

@Injectable()
export class PostStore {
  constructor(
    private readonly authors: AuthorRepository,
    private readonly posts: PostRepository,
    private readonly tags: TagRepository,
  ) {}

  async prepare(batch: PostBatch): Promise<PreparedBatch> {
    const unique = foldVersions(batch.posts);
    const queryTagsOf = (post: IncomingPost) =>
      typeof batch.queryTag === 'function' ? batch.queryTag(post) : batch.queryTag;
    const taggings = new Map(unique.map((post) => [post, taggingsOf(post, queryTagsOf(post))]));
    const spellings = new Map<string, string>();
    for (const byKey of taggings.values()) {
      for (const [key, { spelling }] of byKey) if (!spellings.has(key)) spellings.set(key, spelling);
    }
    return { ...batch, unique, taggings, tagIds: await this.tags.ensure(spellings) };
  }

  /** Stores a batch in the caller's transaction. Storing the same batch again changes nothing and announces nothing. */
  async store(tx: SqlExecutor, batch: PreparedBatch): Promise<StoreResult> {
    const superseded = batch.unique.flatMap((post) =>
      post.supersedes.map((extId) => ({
        source: post.source,
        extId,
        reason: 'superseded' as const,
        at: post.postedAt,
      })),
    );
    await this.posts.insertTombstones(tx, superseded);
    const dead = await this.posts.tombstoned(tx, batch.posts);
    const accepted = (post: IncomingPost) => !dead.has(keyOf(post));
    const posts = batch.unique.filter(accepted);

    const copies = batch.posts.filter(accepted).map((post) => post.author);
    const authors = await this.authors.merge(tx, copies, batch.importId);
    const token = randomInt(1, 2 ** 48 - 1);
    const inserted = await this.posts.insertMissing(tx, posts, (post) => authors.idOf(post.author), token);
    const rows = inserted ?? (await this.posts.lock(tx, posts));

    const isNew = (post: IncomingPost) => rows.get(keyOf(post))!.firstBatch === token;
    const fresh = posts.filter(isNew).map((post) => freshChange(rows.get(keyOf(post))!, post, batch));
    const seen = await this.changesOfKnown(tx, batch, posts.filter((post) => !isNew(post)), rows); // prettier-ignore
    await this.putTags(tx, batch, [...fresh, ...seen.changes], seen.stored);

    const deleted = await this.delete(tx, [...superseded, ...batch.deletions]);
    const changes = [...fresh, ...seen.changes];
    return {
      new: fresh.length,
      fresh: fresh.map(({ post }) => keyOf(post)),
      duplicate: batch.posts.length - fresh.length,
      posts: [...changes.map((change) => toState(change, batch)), ...deleted],
      authors,
    };
  }

  /** Takes the country off posts whose authors have taken their place back; announces those that had one. */
  async forgetPlaces(tx: SqlExecutor, posts: readonly PostKey[]): Promise<PostState[]> {
    const rows = [...(await this.posts.lock(tx, posts)).values()].filter((row) => !row.deleted && row.country !== null);
    const ids = rows.map((row) => row.id);
    await this.posts.clearCountry(tx, ids);
    const stored = await this.storedTags(tx, ids);
    return rows.map((row) => ({
      ...stateOf({ ...row, country: null }, row.rev + 1),
      tags: [...(stored.get(row.id) ?? [])].map(([key, origins]) => ({
        key,
        spelling: key,
        origins: originsOf(origins),
      })),
    }));
  }

  /** What seeing known posts again changes: a newer version, or a tag that brings them in anew. */
  private async changesOfKnown(
    tx: SqlExecutor,
    batch: PreparedBatch,
    known: IncomingPost[],
    rows: Map<string, PostRow>,
  ): Promise<{ changes: Change[]; stored: Map<number, Map<string, number>> }> {
    const alive = known.filter((post) => !rows.get(keyOf(post))!.deleted);
    const stored = await this.storedTags(tx, alive.map((post) => rows.get(keyOf(post))!.id)); // prettier-ignore
    const changes: Change[] = [];
    for (const post of alive) {
      const row = rows.get(keyOf(post))!;
      const order = orderOf(post, row);
      const newer = order === 'newer';
      const before = stored.get(row.id) ?? new Map<string, number>();
      const after = mergeOrigins(before, batch.taggings.get(post)!, order);
      const sameTags = [...after].every(([key, origins]) => before.get(key) === origins);
      if (!newer && sameTags) continue;
      if (newer) await this.posts.applyNewVersion(tx, row.id, post);
      changes.push({ row, post, newer, rev: row.rev + 1, tags: after });
    }
    await this.posts.raiseRevision(
      tx,
      changes.map((change) => change.row.id),
    );
    return { changes, stored };
  }

  private async storedTags(tx: SqlExecutor, postIds: number[]): Promise<Map<number, Map<string, number>>> {
    const rows = await this.posts.tagsOf(tx, postIds);
    const names = await this.tags.named(rows.map((row) => row.tagId));
    const byPost = new Map<number, Map<string, number>>();
    for (const row of rows) {
      const tags = byPost.get(row.postId) ?? new Map<string, number>();
      byPost.set(row.postId, tags.set(names.get(row.tagId)!.key, row.origins));
    }
    return byPost;
  }

  private async putTags(
    tx: SqlExecutor,
    batch: PreparedBatch,
    changes: Change[],
    stored: Map<number, Map<string, number>>,
  ): Promise<void> {
    const rows: PostTagRow[] = [];
    for (const { row, tags } of changes) {
      const before = stored.get(row.id);
      for (const [key, origins] of tags) {
        if (before?.get(key) === origins) continue;
        const tagId = batch.tagIds.get(key) ?? (await this.tags.find(key))!;
        rows.push({ postId: row.id, tagId, postedAt: row.postedAt, origins });
      }
    }
    await this.posts.putTags(tx, rows);
  }

  private async delete(
    tx: SqlExecutor,
    graves: readonly ({ source: IncomingPost['source']; extId: string } & Partial<Deletion>)[],
  ): Promise<PostState[]> {
    if (graves.length === 0) return [];
    await this.posts.insertTombstones(
      tx,
      graves.map(({ source, extId, deletedAt }) => ({ source, extId, reason: 'deleted', at: deletedAt ?? Date.now() })),
    );
    const rows = [...(await this.posts.lock(tx, graves)).values()].filter((row) => !row.deleted);
    await this.posts.markDeleted(
      tx,
      rows.map((row) => row.id),
    );
    return rows.map((row) => ({ ...stateOf(row, row.rev + 1), deleted: true, tags: [] }));
  }
}

/** The newest version of each post, where it first stood. */
function foldVersions(posts: readonly IncomingPost[]): IncomingPost[] {
  const newest = new Map<string, IncomingPost>();
  for (const post of posts) {
    const known = newest.get(keyOf(post));
    if (!known) newest.set(keyOf(post), post);
    else if (isNewer(post, known)) newest.set(keyOf(post), post);
  }
  return [...newest.values()];
}

function orderOf(post: IncomingPost, row: PostRow): VersionOrder {
  if (isNewer(post, row)) return 'newer';
  return isNewer(row, post) ? 'older' : 'same';
}

function freshChange(row: PostRow, post: IncomingPost, batch: PreparedBatch): Change {
  const tags = new Map([...batch.taggings.get(post)!].map(([key, { origins }]) => [key, origins]));
  return { row, post, newer: false, rev: row.rev, tags };
}

function toState({ row, post, newer, rev, tags }: Change, batch: PreparedBatch): PostState {
  const spellingOf = (key: string) => batch.taggings.get(post)?.get(key)?.spelling ?? key;
  return {
    ...stateOf(row, rev),
    ...(newer && { kind: post.kind, lang: post.lang, country: post.country }),
    tags: [...tags]
      .filter(([, origins]) => origins !== 0)
      .map(([key, origins]) => ({ key, spelling: spellingOf(key), origins: originsOf(origins) })),
  };
}

function stateOf(row: PostRow, rev: number): Omit<PostState, 'tags'> {
  return {
    id: row.id,
    rev,
    deleted: false,
    source: row.source,
    kind: kindOf(row.kind),
    lang: row.lang,
    country: row.country,
    posted_at: row.postedAt.getTime(),
    author_id: row.authorId,
  };
}
