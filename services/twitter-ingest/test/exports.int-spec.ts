import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '#libs/config';
import { EXPORT_PAGE_BYTES, X_QUOTAS, type ExportQuestion, type Source } from '#libs/contracts';
import { Databases, TransactionRunner, createDataSource, databaseConfigSchema, runMigrations } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../src/data-source.js';
import { travellingBytes } from '../src/exports/export-format.js';
import { ExportQuotaRepository } from '../src/exports/export-quota.repository.js';
import { ExportRepository } from '../src/exports/export.repository.js';
import { ExportsService } from '../src/exports/exports.service.js';
import { PseudonymKeyRepository } from '../src/exports/pseudonym-key.repository.js';
import type { IncomingPost } from '../src/formats/index.js';
import { AuthorRepository } from '../src/posts/author.repository.js';
import { PostReaderRepository } from '../src/posts/post-reader.repository.js';
import { PostStore } from '../src/posts/post-store.service.js';
import { PostRepository } from '../src/posts/post.repository.js';
import { PostsService } from '../src/posts/posts.service.js';
import { TagRepository } from '../src/posts/tag.repository.js';
import { incomingPost } from './factories/incoming-post.factory.js';
import { searchRig } from './factories/search-rig.js';

const QUESTION: ExportQuestion = { tenant: 'lab', tag: 'tag', format: 'jsonl', authors: 'full', x: 'ids' };

describe(ExportsService.name, () => {
  let database: TestDatabase;
  let databases: Databases;
  let transactions: TransactionRunner;
  let quota: ExportQuotaRepository;
  let sut: ExportsService;

  beforeAll(async () => {
    database = await createTestDatabase('ingest_exports');
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
    for (const table of ['export_quota', 'export_pseudonym_key', 'post_tag', 'post', 'post_tombstone', 'author', 'tag'])
      await database.query(`DELETE FROM ${table}`);
    quota = new ExportQuotaRepository(transactions);
    sut = newService();
  });

  afterAll(async () => {
    await databases?.onApplicationShutdown();
    await database?.drop();
  });

  function newService(): ExportsService {
    const tags = new TagRepository(transactions);
    const reader = new PostReaderRepository(transactions);
    const keys = new PseudonymKeyRepository(transactions);
    const posts = new PostsService(tags, reader, searchRig(transactions).finder);
    return new ExportsService(tags, new ExportRepository(transactions), quota, keys, reader, posts);
  }

  async function store(posts: IncomingPost[], deletions: { source: Source; extId: string }[] = []): Promise<void> {
    const store = new PostStore(new AuthorRepository(), new PostRepository(), new TagRepository(transactions));
    const graves = deletions.map((grave) => ({ ...grave, deletedAt: null }));
    const batch = await store.prepare({ posts, deletions: graves, queryTag: null, importId: 'a' });
    await transactions.run((tx) => store.store(tx, batch));
  }

  const post = (n: number, part: Partial<IncomingPost> = {}) => {
    const source = part.source ?? 'mastodon';
    const author = { ...incomingPost({ extId: '0' }).author, source };
    return incomingPost({ extId: `p${n}`, postedAt: Date.UTC(2022, 0, 1, 0, n), author, ...part, source });
  };

  async function readAll(asked: Partial<ExportQuestion> = {}, subject = 'key-1', between?: () => Promise<void>) {
    const question = { ...QUESTION, ...asked };
    const opened = await sut.open({ ...question, subject });
    let text = opened.head;
    let pages = 0;
    let cursor = opened.cursor;
    while (cursor !== null) {
      const page = await sut.read({ ...question, cursor });
      expect(travellingBytes(page.text)).toBeLessThanOrEqual(EXPORT_PAGE_BYTES);
      text += page.text;
      cursor = page.next_cursor;
      if (++pages === 1) await between?.();
    }
    return { text, pages, left: opened.left, lines: text.split('\n').filter((line) => line !== '') };
  }

  const idsOf = (lines: string[]) => lines.map((line) => (JSON.parse(line) as { id: string }).id);

  it('should hand out every post once, oldest first, also when many share an instant', async () => {
    const same = Array.from({ length: 700 }, (_, n) => post(n, { postedAt: Date.UTC(2022, 0, 1) }));
    await store([...same, ...Array.from({ length: 300 }, (_, n) => post(1_000 + n))]);
    const { lines, pages } = await readAll();
    expect(pages).toBeGreaterThan(3);
    expect(lines).toHaveLength(1_000);
    expect(new Set(idsOf(lines)).size).toBe(1_000);
    const times = lines.map((line) => (JSON.parse(line) as { posted_at: string }).posted_at);
    expect(times).toEqual([...times].sort());
  });

  it('should end at the post that was the newest when it began, and leave out what is deleted meanwhile', async () => {
    await store(Array.from({ length: 600 }, (_, n) => post(n)));
    const { lines } = await readAll({}, 'key-1', () =>
      store([post(9_000), post(9_001, { postedAt: Date.UTC(2022, 0, 1, 6) })], [{ source: 'mastodon', extId: 'p599' }]),
    );
    expect(idsOf(lines)).toEqual(Array.from({ length: 599 }, (_, n) => `p${n}`));
  });

  it('should keep to the asked period and source', async () => {
    await store([post(1), post(2), post(3), post(3, { source: 'bluesky', extId: 'at://did:plc:a/b/c' })]);
    const from = '2022-01-01T00:02:00Z';
    expect(idsOf((await readAll({ from, to: '2022-01-01T00:03:00Z' })).lines)).toEqual(['p2']);
    expect(idsOf((await readAll({ from, source: 'bluesky' })).lines)).toEqual(['at://did:plc:a/b/c']);
    expect((await readAll({ tag: 'unknown' })).text).toBe('');
  });

  it('should say nothing of a post of X but its id, and hand out everything else whole', async () => {
    await store([post(1, { source: 'x', extId: '17' }), post(2), post(3, { source: 'x-simulator', extId: '18' })]);
    const { lines, left } = await readAll();
    expect(JSON.parse(lines[0]!)).toEqual({ source: 'x', id: '17', tag: 'tag' });
    expect(JSON.parse(lines[1]!)).toMatchObject({ id: 'p2', text: 'text', author: { username: 'ana' } });
    expect(JSON.parse(lines[2]!)).toMatchObject({ id: '18', text: 'text' });
    expect(left).toEqual({ full: 500, ids: X_QUOTAS.ids - 1 });
    const csv = (await readAll({ format: 'csv' })).text.split('\r\n');
    expect(csv[1]).toBe(`x,17,tag${','.repeat(17)}`);
    expect((await readAll({ format: 'ids' })).text).toBe('17\np2\n18\n');
  });

  it('should hand out whole posts of X up to the quota of a day, and then refuse without counting', async () => {
    await store(Array.from({ length: 300 }, (_, n) => post(n, { source: 'x', extId: String(1_000 + n) })));
    const first = await readAll({ x: 'full' });
    expect(JSON.parse(first.lines[0]!)).toMatchObject({ source: 'x', id: '1000', text: 'text' });
    expect(first.left.full).toBe(200);
    await expect(readAll({ x: 'full' })).rejects.toMatchObject({
      code: 'EXPORTS.X_QUOTA_USED_UP',
      message: expect.stringContaining('200 that are left of 500'),
    });
    const to = '2022-01-01T03:20:00Z';
    expect((await readAll({ x: 'full', to })).left.full).toBe(0);
    expect((await readAll({ x: 'full', to: '2022-01-01T00:00:01Z' }, 'key-2')).left.full).toBe(499);
    await database.query('UPDATE export_quota SET utc_day = utc_day - INTERVAL 1 DAY');
    expect((await readAll({ x: 'full' })).left.full).toBe(200);
  });

  it('should refuse at once what no day can hold', async () => {
    await store(Array.from({ length: 501 }, (_, n) => post(n, { source: 'x', extId: String(n) })));
    await expect(readAll({ x: 'full' })).rejects.toMatchObject({ code: 'EXPORTS.X_TOO_MANY', kind: 'forbidden' });
    expect(await sut.chargeIfLeft('key-1', 'full', 500)).toMatchObject({ granted: true, left: { full: 0 } });
  });

  it('should count ids over 30 days', async () => {
    await store([post(1, { source: 'x', extId: '1' }), post(2, { source: 'x', extId: '2' })]);
    await sut.chargeIfLeft('key-1', 'ids', X_QUOTAS.ids - 1);
    await database.query('UPDATE export_quota SET utc_day = utc_day - INTERVAL 29 DAY');
    await expect(readAll({ format: 'ids' })).rejects.toMatchObject({ code: 'EXPORTS.X_QUOTA_USED_UP' });
    await database.query('DELETE FROM export_quota WHERE used = 0');
    await database.query('UPDATE export_quota SET utc_day = utc_day - INTERVAL 1 DAY');
    expect((await readAll({ format: 'ids' })).left.ids).toBe(X_QUOTAS.ids - 2);
  });

  it('should never grant more than the quota to callers at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => sut.chargeIfLeft('key-1', 'full', 60)));
    expect(answers.filter(({ granted }) => granted)).toHaveLength(8);
    expect((await quota.charge('key-1', 'full', 0)).left.full).toBe(20);
  });

  it('should tell authors apart without naming them, the same way for one tenant only', async () => {
    const author = { ...incomingPost({ extId: '0' }).author, source: 'mastodon' as const, followers: 123_456 };
    const uri = 'https://social.example/users/ana/statuses/1';
    await store([
      post(1, { extId: uri, url: 'https://social.example/@ana/1', text: 'hi @ana and @bo@social.example', author }),
      post(2, { author }),
      post(3, { author: { ...author, extId: '8', username: 'bo', name: 'Bo', location: 'Lisbon' } }),
      post(4, { source: 'x', extId: '17' }),
    ]);
    const asked = { authors: 'pseudonym' as const };
    const { text, lines, left } = await readAll(asked);
    const [first, second, third, x] = lines.map((line) => JSON.parse(line) as { id: string; author: { id: string } });
    expect(first).toMatchObject({
      url: null,
      text: 'hi @… and @…',
      country: null,
      author: { username: null, name: null, followers: 120_000 },
    });
    expect(first!.author.id).toMatch(/^author-[0-9a-f]{32}$/);
    expect(second!.author.id).toBe(first!.author.id);
    expect(third!.author.id).not.toBe(first!.author.id);
    expect(x).toEqual({ source: 'x', id: expect.stringMatching(/^post-[0-9a-f]{32}$/), tag: 'tag' });
    for (const secret of ['ana', 'Ana', 'social.example', 'Lisbon', '"17"']) expect(text).not.toContain(secret);
    expect(left.ids).toBe(X_QUOTAS.ids);

    sut = newService();
    expect((await readAll(asked)).text).toBe(text);
    expect((await readAll({ ...asked, tenant: 'other' })).text).not.toContain(first!.author.id);
    expect((await readAll({ ...asked, format: 'csv' })).text).toContain(first!.author.id);
  });

  it('should bear long posts, and shorten only what no page can hold', async () => {
    const long = '\u0001"\\😀'.repeat(10_000);
    await store([
      post(1, { text: long }),
      post(2, { text: 'a'.repeat(120_000) }),
      post(3, { text: long.repeat(9) }),
      post(4),
    ]);
    const { lines, pages } = await readAll();
    const texts = lines.map((line) => (JSON.parse(line) as { text: string }).text);
    expect(pages).toBeGreaterThan(2);
    expect(texts[0]).toBe(long);
    expect(texts[1]).toHaveLength(120_000);
    expect(texts[2]).toMatch(/…$/);
    expect(texts[3]).toBe('text');
  });
});
