import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import type { PostState } from '#libs/contracts';
import { Databases, TransactionRunner, createDataSource, databaseConfigSchema, runMigrations } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../src/data-source.js';
import type { Deletion, IncomingPost } from '../src/formats/index.js';
import { AuthorRepository } from '../src/posts/author.repository.js';
import { PostStore } from '../src/posts/post-store.service.js';
import { PostRepository } from '../src/posts/post.repository.js';
import { TagRepository } from '../src/posts/tag.repository.js';
import { incomingPost } from './factories/incoming-post.factory.js';

describe(PostStore.name, () => {
  let database: TestDatabase;
  let databases: Databases;
  let transactions: TransactionRunner;
  let sut: PostStore;

  beforeAll(async () => {
    database = await createTestDatabase('ingest_store');
    const config = loadConfig(databaseConfigSchema, database.env);
    databases = new Databases(
      createDataSource(config, SCHEMA, 4),
      createDataSource(config, SCHEMA, 4),
      config.MIRANTE_MYSQL_DIALECT,
    );
    await databases.onModuleInit();
    await runMigrations(databases.api);
    transactions = new TransactionRunner(databases);
  });

  beforeEach(async () => {
    for (const table of ['post_tag', 'post', 'post_tombstone', 'author', 'tag'])
      await database.query(`DELETE FROM ${table}`);
    sut = new PostStore(new AuthorRepository(), new PostRepository(), new TagRepository(transactions));
  });

  afterAll(async () => {
    await databases?.onApplicationShutdown();
    await database?.drop();
  });

  async function store(
    posts: IncomingPost[],
    options: { tag?: string; deletions?: Deletion[]; importId?: string } = {},
  ) {
    const queryTag = options.tag === undefined ? null : { key: options.tag, spelling: options.tag };
    const batch = await sut.prepare({
      posts,
      deletions: options.deletions ?? [],
      queryTag,
      importId: options.importId ?? 'a',
    });
    return transactions.run((tx) => sut.store(tx, batch));
  }

  const tagsOf = (post: PostState | undefined) =>
    Object.fromEntries(post!.tags.map(({ key, origins }) => [key, origins.join('+')]));

  it('should announce a new post with its tags and author', async () => {
    const result = await store([incomingPost({ extId: '1', ownTags: ['Tag', 'TAG'], referencedTags: ['Other'] })], {
      tag: 'query',
    });
    expect(result).toMatchObject({ new: 1, duplicate: 0 });
    expect(tagsOf(result.posts[0])).toEqual({ tag: 'own', other: 'referenced', query: 'query' });
    expect(result.posts[0]!.tags[0]!.spelling).toBe('Tag');
    expect(result.authors.stateOf(result.posts[0]!.author_id)).toMatchObject({ ext_id: '7', followers: 10, rev: 1 });
  });

  it('should announce nothing when the same batch comes again', async () => {
    const posts = [incomingPost({ extId: '1' }), incomingPost({ extId: '2' })];
    await store(posts);
    const again = await store(posts, { importId: 'b' });
    expect(again).toMatchObject({ new: 0, duplicate: 2, posts: [] });
    expect(again.authors.changed.size).toBe(0);
  });

  it('should count a post that stands twice in one batch once', async () => {
    expect(await store([incomingPost({ extId: '1' }), incomingPost({ extId: '1' })])).toMatchObject({
      new: 1,
      duplicate: 1,
    });
  });

  it('should bring a known post into another tag', async () => {
    await store([incomingPost({ extId: '1' })], { tag: 'first' });
    const { posts } = await store([incomingPost({ extId: '1' })], { tag: 'second' });
    expect(posts[0]).toMatchObject({ rev: 2 });
    expect(tagsOf(posts[0])).toEqual({ tag: 'own', first: 'query', second: 'query' });
  });

  it('should keep the author of a known post when a later copy names another', async () => {
    await store([incomingPost({ extId: '1' })]);
    const stranger = { ...incomingPost({ extId: '1' }).author, extId: '8' };
    const { posts, authors } = await store([incomingPost({ extId: '1', author: stranger })], { tag: 'q' });
    expect(posts).toHaveLength(1);
    expect(authors.stateOf(posts[0]!.author_id)).toBeUndefined();
  });

  it('should let an edit replace tags and text, whatever comes first', async () => {
    const first = incomingPost({ extId: '1', version: '1', ownTags: ['old'] });
    const edited = incomingPost({ extId: '1', version: '2', ownTags: ['new'], lang: 'fr', edited: true });
    await store([first], { tag: 'q' });
    const { posts } = await store([edited]);
    expect(posts[0]).toMatchObject({ rev: 2, lang: 'fr' });
    expect(tagsOf(posts[0])).toEqual({ new: 'own', q: 'query' });
    expect((await store([first])).posts).toEqual([]);
  });

  it.each([['before'], ['after']])(
    'should keep one post of an edit chain whose first version comes %s the last',
    async (order) => {
      const first = incomingPost({ extId: '1' });
      const last = incomingPost({ extId: '5', supersedes: ['1'], edited: true });
      const results = [];
      for (const post of order === 'before' ? [first, last] : [last, first]) results.push(await store([post]));
      const alive = await database.query<{ ext_id: string }>('SELECT ext_id FROM post WHERE deleted_at IS NULL');
      expect(alive.map((row) => row.ext_id)).toEqual(['5']);
      const states = new Map(results.flatMap((result) => result.posts).map((post) => [post.id, post]));
      expect([...states.values()].filter((post) => !post.deleted)).toHaveLength(1);
    },
  );

  it('should wipe a deleted post and never take it back', async () => {
    await store([incomingPost({ extId: '1' })]);
    const deletions: Deletion[] = [{ source: 'x', extId: '1', deletedAt: null }];
    const { posts } = await store([], { deletions });
    expect(posts).toMatchObject([{ deleted: true, rev: 2, tags: [] }]);
    expect((await store([], { deletions })).posts).toEqual([]);
    expect(await store([incomingPost({ extId: '1' })])).toMatchObject({ new: 0, duplicate: 1, posts: [] });
    expect(await database.query('SELECT text FROM post')).toEqual([{ text: '' }]);
    expect(await database.query('SELECT * FROM post_tag')).toEqual([]);
  });

  it('should refuse a post whose deletion came first', async () => {
    await store([], { deletions: [{ source: 'x', extId: '1', deletedAt: 5 }] });
    expect(await store([incomingPost({ extId: '1' })])).toMatchObject({ new: 0, duplicate: 1, posts: [] });
  });

  it('should tell the ids of different sources and of different case apart', async () => {
    const posts = [
      incomingPost({ extId: 'a' }),
      incomingPost({ extId: 'A' }),
      incomingPost({
        extId: 'a',
        source: 'mastodon',
        author: { ...incomingPost({ extId: 'x' }).author, source: 'mastodon' },
      }),
    ];
    expect(await store(posts)).toMatchObject({ new: 3 });
  });

  it('should give each post to one of several imports that run at once', async () => {
    const posts = Array.from({ length: 300 }, (_, n) => incomingPost({ extId: String(n), ownTags: [`t${n % 9}`] }));
    const results = await Promise.all(['a', 'b', 'c', 'd'].map((importId) => store([...posts], { importId })));
    expect(results.reduce((sum, result) => sum + result.new, 0)).toBe(300);
    const announced = results.flatMap((result) => result.posts);
    expect(announced).toHaveLength(300);
    expect(new Set(announced.map((post) => post.id)).size).toBe(300);
  });
});
