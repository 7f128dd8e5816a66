import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { postsApplied, type PostState } from '#libs/contracts';
import { uuidv7 } from '#libs/kernel';
import { RecountRepository } from '../src/recount/recount.repository.js';
import { RecountService } from '../src/recount/recount.service.js';
import { createAnalyticsDatabase, eventOf, ROLLUPS, type AnalyticsDatabase } from './analytics-database.js';
import { author, NOON, post } from './factories.js';
import { diceOf, randomAuthor, randomPost } from './random-posts.js';

let sut: AnalyticsDatabase;

beforeAll(async () => {
  sut = await createAnalyticsDatabase();
});

afterAll(() => sut?.close());

beforeEach(() => sut.clear());

describe('applying events', () => {
  it('should change nothing when an event comes again', async () => {
    const event = eventOf(
      [post(), post({ id: 2, author_id: 11 })],
      [author(), author({ id: 11, ext_id: '101' })],
      uuidv7(),
    );
    await sut.deliver(event);
    const before = await sut.figures();
    await sut.deliver(event);
    await sut.deliver(event, event);
    expect(await sut.figures()).toEqual(before);
    expect(await sut.schema.query('SELECT id FROM outbox')).toHaveLength(1);
  });

  it('should change nothing when the same state comes in another event', async () => {
    await sut.deliver(eventOf([post()], [author()]));
    const before = await sut.figures();
    await sut.deliver(eventOf([post()], [author()]));
    expect(await sut.figures()).toEqual(before);
  });

  it('should leave no row behind when all posts are deleted', async () => {
    await sut.deliver(eventOf([post(), post({ id: 2 })], [author()]));
    await sut.deliver(
      eventOf([post({ rev: 2, deleted: true, tags: [] }), post({ id: 2, rev: 2, deleted: true, tags: [] })], []),
    );
    for (const table of [...ROLLUPS, 'post_fact']) {
      expect([table, await sut.schema.query(`SELECT * FROM ${table}`)]).toEqual([table, []]);
    }
  });

  it('should not revive a deleted post by an older state', async () => {
    await sut.deliver(eventOf([post({ rev: 5, deleted: true, tags: [] })], [author()]));
    await sut.deliver(eventOf([post({ rev: 4 })], [author()]));
    expect((await sut.reports.summary.answer({ tag: 'alpha' })).posts).toBe(0);
    expect(await sut.schema.query('SELECT post_id, rev FROM post_tombstone')).toEqual([{ post_id: 1, rev: 5 }]);
  });

  it('should not bring tags back by a state older than their loss', async () => {
    await sut.deliver(eventOf([post({ rev: 3, tags: [] })], [author()]));
    await sut.deliver(eventOf([post({ rev: 2 })], [author()]));
    expect((await sut.reports.summary.answer({ tag: 'alpha' })).posts).toBe(0);
    await sut.deliver(eventOf([post({ rev: 4 })], [author()]));
    expect((await sut.reports.summary.answer({ tag: 'alpha' })).posts).toBe(1);
    expect(await sut.schema.query('SELECT * FROM post_tombstone')).toEqual([]);
  });

  it('should take the newest of several states in one batch', async () => {
    await sut.deliver(
      eventOf([post({ rev: 3, lang: 'pt' })], [author({ rev: 2, followers: 9 })]),
      eventOf([post({ rev: 1, lang: 'en' })], [author({ rev: 1, followers: 8 })]),
    );
    expect((await sut.reports.languages.answer({ tag: 'alpha' })).languages).toEqual([{ lang: 'pt', posts: 1 }]);
    expect((await sut.reports.topUsers.answer({ tag: 'alpha', limit: 5 })).users[0]!.followers).toBe(9);
  });

  it('should move a post to the time, kind and tags of its edit', async () => {
    await sut.deliver(eventOf([post()], [author()]));
    const tags: PostState['tags'] = [{ key: 'gamma', spelling: 'Gamma', origins: ['own'] }];
    await sut.deliver(eventOf([post({ rev: 2, kind: 'quote', posted_at: NOON + 3 * 86_400_000, tags })], []));
    expect((await sut.reports.summary.answer({ tag: 'alpha' })).posts).toBe(0);
    expect(await sut.reports.summary.answer({ tag: 'gamma' })).toMatchObject({
      posts: 1,
      kinds: { original: 0, quote: 1 },
      first_post_at: '2024-05-04T12:00:00.000Z',
    });
  });

  it('should count a tag as used together only when the post or what it refers to writes it', async () => {
    await sut.deliver(eventOf([post()], [author()]));
    expect((await sut.reports.coTags.answer({ tag: 'alpha', limit: 5 })).tags).toEqual([{ tag: 'beta', posts: 1 }]);
    expect((await sut.reports.coTags.answer({ tag: 'beta', limit: 5 })).tags).toEqual([]);
  });

  it('should leave out a post whose time is no date, and keep its neighbours', async () => {
    await sut.deliver(eventOf([post({ posted_at: Number.MAX_SAFE_INTEGER }), post({ id: 2 })], [author()]));
    expect((await sut.reports.summary.answer({ tag: 'alpha' })).posts).toBe(1);
  });

  it('should count a post whose author is described later', async () => {
    await sut.deliver(eventOf([post()], []));
    expect((await sut.reports.summary.answer({ tag: 'alpha' })).authors).toBe(1);
    await sut.deliver(eventOf([], [author()]));
    expect((await sut.reports.topUsers.answer({ tag: 'alpha', limit: 5 })).users).toMatchObject([
      { user_id: '100', followers: 7, posts: 1 },
    ]);
    expect((await sut.reports.countries.answer({ tag: 'alpha' })).profile).toEqual([
      { country: 'PT', authors: 1 },
      { country: 'none', authors: 0 },
    ]);
  });

  it('should keep the follower counts of the past', async () => {
    await sut.deliver(eventOf([post()], [author()]));
    await sut.deliver(eventOf([], [author({ rev: 2, name: 'Ana Maria', followers_seen_at: NOON + 1 })]));
    expect(await sut.schema.query('SELECT * FROM author_snapshot')).toEqual([]);
    await sut.deliver(eventOf([], [author({ rev: 3, followers: 8, followers_seen_at: NOON + 2 })]));
    expect(await sut.schema.query('SELECT seen_at, followers FROM author_snapshot ORDER BY seen_at')).toEqual([
      { seen_at: NOON + 1, followers: 7 },
      { seen_at: NOON + 2, followers: 8 },
    ]);
  });

  it('should rank ties by user id as a number, other ids after them, and unknown counts last', async () => {
    const ids = ['1000000000000000000009', '99', '100', 'did:plc:b', 'did:plc:a', 'did:x'];
    const authors = ids.map((id, i) => author({ id: 20 + i, ext_id: id, followers: 5 }));
    authors.push(
      author({ id: 30, ext_id: '1', followers: null, followers_seen_at: null }),
      author({ id: 31, ext_id: '500', followers: 6 }),
    );
    await sut.deliver(
      eventOf(
        authors.map(({ id }) => post({ id, author_id: id })),
        authors,
      ),
    );
    const order = ['500', '99', '100', '1000000000000000000009', 'did:x', 'did:plc:a', 'did:plc:b', '1'];
    for (const range of [{}, { from: '2024-05-01T11:59:59Z', to: '2024-05-01T12:00:00.001Z' }]) {
      const { users } = await sut.reports.topUsers.answer({ tag: 'beta', limit: 20, ...range });
      expect(users.map((user) => user.user_id)).toEqual(order);
    }
  });

  it('should announce how many events of an import the roll-ups include', async () => {
    const [first, second] = [uuidv7(), uuidv7()];
    const pokes = sut.pokes();
    const old = eventOf([post({ id: 9 })], [author()], first);
    await sut.deliver(old);
    await sut.deliver(
      eventOf([post()], [], first),
      eventOf([post({ id: 2 })], [], second),
      eventOf([post({ id: 3 })], [], first),
      old,
      eventOf([post({ id: 4 })], []),
    );
    const rows = await sut.schema.query<{ routing_key: string; payload: string }>(
      'SELECT routing_key, payload FROM outbox ORDER BY id',
    );
    expect(new Set(rows.map((row) => row.routing_key))).toEqual(new Set([postsApplied.name]));
    expect(rows.map((row) => JSON.parse(row.payload) as unknown)).toEqual([
      { import_id: first, events: 1 },
      { import_id: first, events: 2 },
      { import_id: second, events: 1 },
    ]);
    expect(sut.pokes()).toBe(pokes + 2);
  });

  it('should change nothing at all when it fails half-way', async () => {
    await sut.deliver(eventOf([post()], [author()]));
    const before = await sut.figures();
    await sut.schema.query('ALTER TABLE tag_author RENAME tag_author_hidden');
    await expect(
      sut.deliver(eventOf([post({ id: 2, tags: [{ key: 'new', spelling: 'new', origins: ['own'] }] })], [], uuidv7())),
    ).rejects.toThrow();
    await sut.schema.query('ALTER TABLE tag_author_hidden RENAME tag_author');
    expect(await sut.figures()).toEqual(before);
    expect(await sut.schema.query("SELECT id FROM tag WHERE tag_key = 'new'")).toEqual([]);
    await sut.deliver(eventOf([post({ id: 2, tags: [{ key: 'new', spelling: 'new', origins: ['own'] }] })], []));
    expect((await sut.reports.summary.answer({ tag: 'new' })).posts).toBe(1);
  });

  it('should give the right figures when two processes apply the same events at once', async () => {
    const dice = diceOf(11);
    const events = Array.from({ length: 12 }, (_, i) =>
      eventOf(
        Array.from({ length: 20 }, (_, j) => randomPost(dice, 1 + ((i * 7 + j) % 60), 1 + i, 8)),
        [1, 2, 3, 4, 5, 6, 7, 8].map((id) => randomAuthor(dice, id, i)),
      ),
    );
    const twice = [...events, ...dice.shuffled(events)];
    await Promise.all(
      [0, 1, 2].map(async (worker) => {
        for (const event of twice.filter((_, i) => i % 3 === worker)) await sut.deliver(event);
      }),
    );
    expect(await sut.schema.query('SELECT * FROM inbox')).toHaveLength(12);
    expect(await new RecountService(sut.transactions, new RecountRepository()).recount(40)).toMatchObject({ drift: 0 });
  });
});
