import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import { Databases, TransactionRunner, createDataSource, databaseConfigSchema, runMigrations } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { postsTemplate } from '../../../observability/src/elasticsearch/posts-template.js';
import { startElasticsearchSimulator, type ElasticsearchSimulator } from '../../../test/simulators/index.js';
import { SCHEMA } from '../src/data-source.js';
import type { IncomingPost } from '../src/formats/index.js';
import { AuthorRepository } from '../src/posts/author.repository.js';
import { PostStore } from '../src/posts/post-store.service.js';
import { PostRepository } from '../src/posts/post.repository.js';
import type { PostsService } from '../src/posts/posts.service.js';
import { TagRepository } from '../src/posts/tag.repository.js';
import { DatabasePostIndex } from '../src/search/database-post-index.repository.js';
import { parseSearch } from '../src/search/search-query.domain.js';
import { incomingPost } from './factories/incoming-post.factory.js';
import { searchRig } from './factories/search-rig.js';

const TEXTS = [
  'Fog lifting over the bay #lookout',
  'Fog and storm over the harbour',
  'Low tide at the harbours, un café au lait',
  'To be or not to be',
  '東京タワーから見た霧',
  'вид на море и маяк',
  'the tide is low; lighthouse at 5',
  'Straße am Hafen',
  "L’été, c'est nai\u0308f: example.com",
];

const start = Date.UTC(2026, 1, 14);

describe('search of posts', () => {
  let database: TestDatabase;
  let databases: Databases;
  let transactions: TransactionRunner;
  let elasticsearch: ElasticsearchSimulator;
  let rig: ReturnType<typeof searchRig>;

  beforeAll(async () => {
    database = await createTestDatabase('ingest_search');
    const config = loadConfig(databaseConfigSchema, database.env);
    const source = () => createDataSource(config, SCHEMA, 4);
    databases = new Databases(source(), source(), config.MIRANTE_MYSQL_DIALECT);
    await databases.onModuleInit();
    await runMigrations(databases.api);
    transactions = new TransactionRunner(databases);
  });

  beforeEach(async () => {
    for (const table of ['post_tag', 'post', 'post_tombstone', 'author', 'tag', 'post_search', 'search_state'])
      await database.query(`DELETE FROM ${table}`);
    elasticsearch = await startElasticsearchSimulator();
    elasticsearch.cluster.putTemplate('mirante-posts', postsTemplate() as never);
    elasticsearch.cluster.create('mirante-posts-v1', false);
  });

  afterEach(() => elasticsearch.close());

  afterAll(async () => {
    await databases?.onApplicationShutdown();
    await database?.drop();
  });

  const post = (n: number, part: Partial<IncomingPost> = {}) =>
    incomingPost({ extId: `p${n}`, postedAt: start + n * 60_000, text: TEXTS[n] ?? `post ${n}`, ...part });

  /** Stores posts and brings what changed into the index, as the events would. */
  async function store(posts: IncomingPost[], { tag = 'lookout', deleted = [] as number[], index = true } = {}) {
    const store = new PostStore(new AuthorRepository(), new PostRepository(), new TagRepository(transactions));
    const deletions = deleted.map((n) => ({ source: post(n).source, extId: `p${n}`, deletedAt: null }));
    const queryTag = { key: tag, spelling: tag };
    const batch = await store.prepare({ posts, deletions, queryTag, importId: 'a' });
    const result = await transactions.run((tx) => store.store(tx, batch));
    const ids = result.posts.map(({ id }) => id);
    if (index) await rig.indexer.bring(ids);
    return ids;
  }

  type Request = Partial<Parameters<PostsService['list']>[0]>;
  async function all(request: Request): Promise<string[]> {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await rig.posts.list({ limit: 2, ...request, ...(cursor && { cursor }) });
      found.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    return found;
  }
  const everyText = () => TEXTS.map((_text, n) => post(n));

  describe.each(['database', 'elasticsearch', 'posts themselves'] as const)('in the %s', (way) => {
    beforeEach(async () => {
      rig = searchRig(transactions, way === 'elasticsearch' ? elasticsearch.url : undefined);
      if (way !== 'posts themselves') expect(await rig.filler.fill()).toBe(true);
    });

    it.each([
      ['fog', ['p1', 'p0']],
      ['FOG', ['p1', 'p0']],
      ['fog -storm', ['p0']],
      ['"over the"', ['p1', 'p0']],
      ['"the over"', []],
      ['harbour', ['p1']],
      ['harb*', ['p2', 'p1']],
      ['CAFE', ['p2']],
      ['low tide', ['p6', 'p2']],
      ['"low tide"', ['p2']],
      ['be', ['p3']],
      ['to be or not', ['p3']],
      ['5', ['p6']],
      ['東京', ['p4']],
      ['霧', ['p4']],
      ['маяк', ['p5']],
      ['タワ', ['p4']],
      ['strasse', ['p7']],
      ['ete', ['p8']],
      ['naïf', ['p8']],
      ['com', ['p8']],
      ['"c est"', ['p8']],
      ['#lookout', ['p0']],
      ['absent', []],
    ])('should find %j, newest first', async (q, expected) => {
      await store(everyText());
      expect(await all({ q })).toEqual(expected);
    });

    it('should combine with tag, source, kind, language and period', async () => {
      await store([post(0, { lang: 'en' }), post(1, { lang: 'pt', kind: 'reply' })]);
      await store([post(20, { text: 'fog elsewhere', lang: 'en' })], { tag: 'other' });
      expect(await all({ q: 'fog', tag: 'lookout' })).toEqual(['p1', 'p0']);
      expect(await all({ q: 'fog', lang: 'pt' })).toEqual(['p1']);
      expect(await all({ q: 'fog', kind: 'reply' })).toEqual(['p1']);
      expect(await all({ q: 'fog', source: post(0).source })).toEqual(['p20', 'p1', 'p0']);
      expect(await all({ q: 'fog', source: 'x-simulator' })).toEqual([]);
      expect(await all({ q: 'fog', to: new Date(start + 60_000).toISOString() })).toEqual(['p0']);
      expect(await all({ q: 'fog', from: new Date(start + 60_000).toISOString() })).toEqual(['p20', 'p1']);
      expect(await all({ q: 'fog', tag: 'unknown' })).toEqual([]);
    });

    it('should page through posts of one instant without loss or repetition', async () => {
      const posts = Array.from({ length: 25 }, (_, n) => post(n, { text: 'fog', postedAt: start }));
      await store(posts);
      const found = await all({ q: 'fog', limit: 3 });
      expect(found).toHaveLength(25);
      expect(new Set(found).size).toBe(25);
    });

    it('should follow edits and deletions', async () => {
      await store([post(0), post(1)]);
      await store([post(0, { text: 'Sun over the bay', version: '99', edited: true })]);
      expect(await all({ q: 'fog' })).toEqual(['p1']);
      expect(await all({ q: 'sun' })).toEqual(['p0']);
      await store([], { deleted: [1] });
      expect(await all({ q: 'storm' })).toEqual([]);
    });

    it('should refuse what cannot be searched for', async () => {
      await expect(rig.posts.list({ limit: 2, q: '...' })).rejects.toMatchObject({
        code: 'POSTS.BAD_QUERY',
        kind: 'invalid',
      });
    });
  });

  describe('the index of the database', () => {
    it.each(['mariadb', 'mysql'] as const)('should be asked in the dialect of %s', async (dialect) => {
      rig = searchRig(transactions);
      const [id] = await store([post(0)]);
      const [{ v: version } = { v: '' }] = await database.query<{ v: string }>('SELECT VERSION() AS v');
      // A hint of MySQL is a comment to MariaDB; the other way round it is an error.
      if (dialect === 'mariadb' && !version.includes('MariaDB')) return;
      const found = await new DatabasePostIndex(transactions, dialect).find(
        parseSearch('fog'),
        { tagId: null },
        null,
        5,
      );
      expect(found).toEqual([{ id, at: new Date(start) }]);
    });
  });

  describe.each(['database', 'elasticsearch'] as const)('the %s as index', (way) => {
    beforeEach(() => {
      rig = searchRig(transactions, way === 'elasticsearch' ? elasticsearch.url : undefined);
    });

    it('should be filled with what was stored before it came', async () => {
      await store(everyText(), { index: false });
      await store([], { deleted: [1], index: false });
      expect(await all({ q: 'fog' })).toEqual(['p0']);
      expect(await rig.filler.fill()).toBe(true);
      expect(rig.filler.isComplete).toBe(true);
      expect(await all({ q: 'fog' })).toEqual(['p0']);
    });

    it('should not be changed by repetition, and not by an older state that comes late', async () => {
      await rig.filler.fill();
      const [id] = await store([post(0)]);
      const stale = { id: id!, rev: 1, deleted: false, source: 'x', kind: 'original', lang: 'en', tags: [] } as const;
      await store([post(0, { text: 'Sun over the bay', version: '99' })]);
      await rig.indexer.bring([id!, id!]);
      await rig.index.put([{ ...stale, postedAt: new Date(start), text: 'fog' }]);
      expect(await positions('fog')).toEqual([]);
      expect(await positions('sun')).toEqual([id]);
    });

    it('should not bring a deleted post back when its old state comes late', async () => {
      await rig.filler.fill();
      const [id] = await store([post(0)]);
      await store([], { deleted: [0] });
      const stale = { id: id!, rev: 1, deleted: false, source: 'x', kind: 'original', lang: 'en', tags: [] } as const;
      await rig.index.put([{ ...stale, postedAt: new Date(start), text: 'fog' }]);
      expect(await positions('fog')).toEqual([]);
    });

    it('should keep nothing of the text of a deleted post', async () => {
      await store([post(1)]);
      await store([], { deleted: [1] });
      const kept = await database.query('SELECT words FROM post_search');
      expect(JSON.stringify([kept, [...elasticsearch.documents('mirante-posts')]])).not.toContain('storm');
    });

    const positions = async (q: string) => {
      return (await rig.index.find(parseSearch(q), { tagId: null }, null, 10)).map(({ id }) => id);
    };
  });

  describe('with Elasticsearch', () => {
    beforeEach(async () => {
      rig = searchRig(transactions, elasticsearch.url);
      await rig.filler.fill();
    });

    const failure = { code: 'SEARCH.ELASTICSEARCH_AWAY', kind: 'unavailable' };

    it.each(['away', 'unavailable', 'broken', 'too-many-requests', 'lost', 'rejects-items'] as const)(
      'should have the events again when it is %s, and lose nothing',
      async (fault) => {
        const ids = await store(everyText(), { index: false });
        elasticsearch.fail({ fault, path: '_bulk' });
        await expect(rig.indexer.bring(ids)).rejects.toMatchObject(failure);
        await rig.indexer.bring(ids);
        expect(elasticsearch.documents('mirante-posts').size).toBe(TEXTS.length);
      },
    );

    it('should search in the posts themselves while it is away', async () => {
      await store(everyText());
      elasticsearch.fail({ fault: 'away', path: '_search', times: 100 });
      expect(await all({ q: 'fog -storm' })).toEqual(['p0']);
      elasticsearch.forgive();
      elasticsearch.seen.length = 0;
      expect(await all({ q: 'fog -storm' })).toEqual(['p0']);
      expect(elasticsearch.seen.map(({ path }) => path)).toEqual(['/mirante-posts/_search']);
    });

    it('should wait for the set-up and make no index of its own', async () => {
      elasticsearch.cluster.indices.clear();
      elasticsearch.cluster.aliases.clear();
      const ids = await store([post(0)], { index: false });
      await expect(rig.indexer.bring(ids)).rejects.toMatchObject(failure);
      await expect(rig.filler.fill()).rejects.toMatchObject(failure);
      expect(elasticsearch.cluster.indices.size).toBe(0);
    });

    it('should fill an index that was made anew', async () => {
      await store(everyText());
      elasticsearch.cluster.indices.clear();
      elasticsearch.cluster.aliases.clear();
      elasticsearch.cluster.create('mirante-posts-v1', false);
      expect(await rig.filler.fill()).toBe(true);
      expect(elasticsearch.documents('mirante-posts').size).toBe(TEXTS.length);
    });

    it('should not hold up the others for a post that is never taken', async () => {
      const ids = await store(everyText(), { index: false });
      const { mappings } = elasticsearch.cluster.find('mirante-posts')!;
      (mappings.properties as Record<string, object>)['lang'] = { type: 'long' };
      await rig.indexer.bring(ids);
      expect(elasticsearch.documents('mirante-posts').size).toBe(0);
    });
  });
});
