import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import { createDataSource, databaseConfigSchema, Databases, runMigrations, TransactionRunner } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../src/data-source.js';
import { AuthorRepository } from '../src/posts/author.repository.js';
import { PostStore } from '../src/posts/post-store.service.js';
import { PostRepository } from '../src/posts/post.repository.js';
import { TagRepository } from '../src/posts/tag.repository.js';
import { KnownPosts } from '../src/sources/bluesky/known-posts.repository.js';
import { incomingPost } from './factories/incoming-post.factory.js';

const POST = 'app.bsky.feed.post';

describe(KnownPosts.name, () => {
  let database: TestDatabase;
  let databases: Databases;
  let sut: KnownPosts;

  beforeAll(async () => {
    database = await createTestDatabase('ingest_bluesky');
    const config = loadConfig(databaseConfigSchema, database.env);
    databases = new Databases(
      createDataSource(config, SCHEMA, 2),
      createDataSource(config, SCHEMA, 2),
      config.MIRANTE_MYSQL_DIALECT,
    );
    await databases.onModuleInit();
    await runMigrations(databases.api);
    const transactions = new TransactionRunner(databases);
    sut = new KnownPosts(transactions);

    const store = new PostStore(new AuthorRepository(), new PostRepository(), new TagRepository(transactions));
    const write = async (extIds: string[], deleted: string[] = []) => {
      const batch = await store.prepare({
        posts: extIds.map((extId) => incomingPost({ source: 'bluesky', extId, ownTags: ['Céu', 'mar'] })),
        deletions: deleted.map((extId) => ({ source: 'bluesky' as const, extId, deletedAt: null })),
        queryTag: null,
        importId: null,
      });
      await transactions.run((tx) => store.store(tx, batch));
    };
    await write([
      `at://did:plc:a/${POST}/1`,
      `at://did:plc:a/${POST}/2`,
      `at://did:plc:ab/${POST}/1`,
      `at://did:plc:a0/${POST}/1`,
    ]);
    await write([], [`at://did:plc:a/${POST}/2`]);
    await write(Array.from({ length: 2_500 }, (_, n) => `at://did:plc:many/${POST}/${n}`));
  });

  afterAll(async () => {
    await databases?.onApplicationShutdown();
    await database?.drop();
  });

  it('should know the posts that are stored and not deleted, however many are asked for', async () => {
    const many = Array.from({ length: 5_000 }, (_, n) => `at://did:plc:many/${POST}/${n}`);
    expect((await sut.stored(many)).size).toBe(2_500);
    const asked = [`at://did:plc:a/${POST}/1`, `at://did:plc:a/${POST}/2`, `at://did:plc:nobody/${POST}/1`];
    expect([...(await sut.stored(asked))]).toEqual([`at://did:plc:a/${POST}/1`]);
    expect((await sut.stored([])).size).toBe(0);
  });

  it('should tell the tags stored posts are under', async () => {
    const found = await sut.tagKeysOf([`at://did:plc:a/${POST}/1`, `at://did:plc:a/${POST}/2`]);
    expect([...found].map(([extId, keys]) => [extId, keys.toSorted()])).toEqual([
      [`at://did:plc:a/${POST}/1`, ['céu', 'mar'].toSorted()],
    ]);
  });

  it('should find the posts of one author and not of one whose name only begins like his', async () => {
    expect(await sut.ofAuthor('did:plc:a')).toEqual([`at://did:plc:a/${POST}/1`]);
    expect(await sut.ofAuthor('did:plc:%')).toEqual([]);
    expect(await sut.ofAuthor('did:plc:many')).toHaveLength(2_500);
  });
});
