import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret, loadConfig } from '#libs/config';
import { metricsRegistry } from '#libs/observability';
import { Databases, TransactionRunner, createDataSource, databaseConfigSchema, runMigrations } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { X_BEARER, startXSimulator } from '../../../test/simulators/index.js';
import { SCHEMA } from '../src/data-source.js';
import { XApi } from '../src/sources/x/index.js';
import { ComplianceProcess } from './factories/compliance-rig.js';
import { incomingPost } from './factories/incoming-post.factory.js';
import { json, raw, startScriptedX, xSettingsOf, type Reply, type ScriptedX } from './factories/scripted-x.factory.js';
import { v2Post, v2User, type Json } from './factories/x-v2.factory.js';

const NEVER = new AbortController().signal;
const EVERY_SECONDS = 60;
const TABLES = [
  'compliance_block', 'compliance_scan', 'post_tag', 'post', 'post_tombstone', 'author', 'outbox', 'upstream_spend',
  'upstream_reservation', 'upstream_billed', 'upstream_quota', 'upstream_halt',
]; // prettier-ignore

/** X as far as it looks posts up: what it says about each id. Ids it knows nothing of are not found. */
class Lookups {
  readonly shown = new Map<string, Json>();
  readonly problems = new Map<string, string>();
  asked: string[][] = [];

  readonly reply: Reply = (request, response, body) => {
    const url = new URL(request.url ?? '', 'http://x');
    const ids = (url.searchParams.get('ids') ?? '').split(',');
    this.asked.push(ids);
    const data = ids.filter((id) => this.shown.has(id)).map((id) => ({ text: 't', ...this.shown.get(id), id }));
    const errors = ids
      .filter((id) => !this.shown.has(id) && this.problems.get(id) !== 'silence')
      .map((id) => ({ value: id, resource_id: id, parameter: 'ids', type: `https://api.x.com/2/problems/${this.problems.get(id) ?? 'resource-not-found'}` })); // prettier-ignore
    json({ ...(data.length > 0 && { data }), ...(errors.length > 0 && { errors }), ...(url.searchParams.has('expansions') && { includes: { users: [v2User()] } }) })(request, response, body); // prettier-ignore
  };
}

describe('compliance', () => {
  let database: TestDatabase;
  let databases: Databases;
  let transactions: TransactionRunner;
  let x: ScriptedX;
  let lookups: Lookups;
  let sut: ComplianceProcess;

  beforeAll(async () => {
    database = await createTestDatabase('ingest_compliance');
    const config = loadConfig(databaseConfigSchema, database.env);
    const pool = () => createDataSource(config, SCHEMA, 6);
    databases = new Databases(pool(), pool(), config.MIRANTE_MYSQL_DIALECT);
    await databases.onModuleInit();
    await runMigrations(databases.api);
    transactions = new TransactionRunner(databases);
  });

  beforeEach(async () => {
    vi.stubEnv('MIRANTE_X_COMPLIANCE', 'true');
    vi.stubEnv('MIRANTE_X_COMPLIANCE_SECONDS', String(EVERY_SECONDS));
    for (const table of TABLES) await database.query(`DELETE FROM ${table}`);
    lookups = new Lookups();
    x = await startScriptedX(lookups.reply);
    sut = process();
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await x.close();
  });

  afterAll(async () => {
    await databases?.onApplicationShutdown();
    await database?.drop();
  });

  function process(settings: Parameters<typeof xSettingsOf>[1] = {}): ComplianceProcess {
    const all = xSettingsOf(x, settings);
    return new ComplianceProcess(transactions, new XApi(all), all);
  }

  async function capture(ids: readonly number[], tag: string | null, source: 'x' | 'x-simulator' = 'x'): Promise<void> {
    const posts = ids.map((id) => {
      const post = incomingPost({ extId: String(id), source, postedAt: Date.UTC(2026, 10, 1) });
      return { ...post, author: { ...post.author, source } };
    });
    const prepared = await sut.posts.prepare(posts, tag === null ? null : { key: tag, spelling: tag });
    await transactions.run((tx) => sut.posts.add(tx, prepared));
    await database.query('DELETE FROM outbox');
  }

  /** Puts all posts into blocks that are due, as the first scan of a process does. */
  async function allDue(source: 'x' | 'x-simulator' = 'x'): Promise<void> {
    for (let i = 0; i < 2; i++) {
      await sut.repository.scan(source, EVERY_SECONDS * 1_000, 10_000);
      await database.query('UPDATE compliance_scan SET ceiling_at = ceiling_at - INTERVAL 1 HOUR');
    }
    await database.query('UPDATE compliance_block SET due_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
  }

  async function checkOne(): Promise<void> {
    await allDue();
    const block = await sut.repository.claim('x', 60);
    await sut.check.run(block!, NEVER);
  }

  const alive = async () => {
    const rows = await database.query<{ ext_id: string }>('SELECT ext_id FROM post WHERE deleted_at IS NULL ORDER BY ext_id'); // prettier-ignore
    return rows.map((row) => row.ext_id);
  };
  const spent = async () => {
    const [row] = await database.query<{ sum: string | null }>('SELECT SUM(micro_usd) AS sum FROM upstream_spend');
    return Number(row?.sum ?? 0);
  };

  it('should delete what X no longer shows, with the event that tells the roll-ups', async () => {
    await capture([101, 102, 103, 104, 105, 106], 'tag');
    for (const id of ['101', '106']) lookups.shown.set(id, {});
    lookups.problems.set('103', 'not-authorized-for-resource').set('104', 'silence').set('105', 'brand-new');
    lookups.shown.set('106', { withheld: { copyright: false, country_codes: ['DE'] } });
    await checkOne();
    expect(await alive()).toEqual(['101', '104', '105']);
    const events = await database.query<{ payload: string }>('SELECT payload FROM outbox');
    const told = events.flatMap(
      ({ payload }) => JSON.stringify(JSON.parse(String(payload))).match(/"deleted":true/g) ?? [],
    );
    expect(told.length).toBe(3);
    const gone = await database.query<{ text: string }>("SELECT text FROM post WHERE ext_id IN ('102', '103', '106')");
    expect(gone.map(({ text }) => text)).toEqual(['', '', '']);
  });

  it('should pay for the posts it is shown, once a day, and not for their authors', async () => {
    await capture([101, 102, 103], 'tag');
    for (const id of ['101', '102']) lookups.shown.set(id, {});
    await checkOne();
    expect(await spent()).toBe(2 * 5_000);
    await checkOne();
    expect(await spent()).toBe(2 * 5_000);
    expect(await database.query('SELECT id FROM upstream_reservation')).toEqual([]);
    expect(x.requests[0]?.url.searchParams.get('expansions')).toBeNull();
  });

  it('should replace an edited post by its newest version, under the tags it was captured for', async () => {
    await capture([101], 'first');
    await capture([101], 'second');
    const history = { edit_history_tweet_ids: ['101', '999'] };
    lookups.shown.set('101', history);
    lookups.shown.set('999', { ...v2Post({ id: '999' }), ...history, text: 'corrected', entities: {} });
    await checkOne();
    expect(await alive()).toEqual(['999']);
    const rows = await database.query<{ text: string; is_edited: number; tag_key: string; origins: number }>(
      `SELECT p.text, p.is_edited, t.tag_key, pt.origins FROM post p JOIN post_tag pt ON pt.post_id = p.id
         JOIN tag t ON t.id = pt.tag_id WHERE p.ext_id = '999' ORDER BY t.tag_key`,
    );
    expect(rows.map((row) => [row.text, row.is_edited, row.tag_key])).toEqual([
      ['corrected', 1, 'first'],
      ['corrected', 1, 'second'],
    ]);
    const tombs = await database.query<{ reason: string }>("SELECT reason FROM post_tombstone WHERE ext_id = '101'");
    expect(tombs).toMatchObject([{ reason: 'superseded' }]);
  });

  it('should look 250 posts up in batches of 100, and those that came since later', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => 1_000 + index);
    for (const id of ids) lookups.shown.set(String(id), {});
    await capture(ids, 'tag');
    await allDue();
    for (let block = await sut.repository.claim('x', 60); block; block = await sut.repository.claim('x', 60)) {
      await sut.check.run(block, NEVER);
    }
    expect(lookups.asked.map((batch) => batch.length)).toEqual([100, 100, 50]);
    expect(new Set(lookups.asked.flat()).size).toBe(250);

    await capture([5_000], 'tag');
    lookups.shown.set('5000', {});
    for (let i = 0; i < 2; i++) {
      await database.query('UPDATE compliance_scan SET ceiling_at = UTC_TIMESTAMP(3) - INTERVAL 11 SECOND');
      await sut.repository.scan('x', 60_000, 10_000);
    }
    const [block] = await database.query<{ in_s: number }>(
      'SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), due_at) AS in_s FROM compliance_block ORDER BY id DESC LIMIT 1',
    );
    expect(await sut.repository.claim('x', 60)).toBeUndefined();
    expect(block!.in_s).toBeGreaterThan(10);
    expect(block!.in_s).toBeLessThan(60);
  });

  it('should forget where a post was written when its author takes that back', async () => {
    await capture([101, 102], 'tag');
    await database.query("UPDATE post SET country = 'AT'");
    lookups.shown.set('101', { geo: { place_id: 'p' } }).set('102', { geo: {} });
    await checkOne();
    const rows = await database.query<{ country: string | null }>('SELECT country FROM post ORDER BY ext_id');
    expect(rows.map(({ country }) => country)).toEqual(['AT', null]);
    const [event, ...more] = await database.query<{ payload: string }>('SELECT payload FROM outbox');
    expect(more).toEqual([]);
    expect(String(event?.payload)).toContain('"country":null');
    await checkOne();
    expect(await database.query('SELECT id FROM outbox')).toHaveLength(1);
  });

  it('should end where the simulator is after deletions, edits and protected accounts', async () => {
    const simulator = await startXSimulator({ seed: 5 });
    simulator.timeline.populate({ posts: 150, from: Date.now() - 3_600_000, to: Date.now() - 60_000 });
    const before = simulator.truth('lookout').posts;
    const all = { ...xSettingsOf(x), baseUrl: simulator.url, token: new Secret(X_BEARER), simulated: true };
    const api = new XApi(all);
    sut = new ComplianceProcess(transactions, api, all);
    for (let at = 0; at < before.length; at += 100) {
      const page = await api.lookup(before.slice(at, at + 100).map(({ id }) => id), NEVER); // prettier-ignore
      const prepared = await sut.posts.prepare(page.mapped.posts, { key: 'lookout', spelling: 'lookout' });
      await transactions.run((tx) => sut.posts.add(tx, prepared));
    }
    const [gone, edited, hidden] = before.filter((post) => post.versions.at(-1) === post.id);
    simulator.world.remove(gone!.id);
    simulator.world.edit(edited!.id, 'corrected #lookout');
    simulator.world.user(hidden!.authorId).status = 'protected';
    await allDue('x-simulator');
    for (let block = await sut.repository.claim('x-simulator', 60); block;) {
      await sut.check.run(block, NEVER);
      block = await sut.repository.claim('x-simulator', 60);
    }
    const expected = simulator.truth('lookout').posts.map(({ id }) => id).sort(); // prettier-ignore
    await simulator.close();
    expect(await alive()).toEqual(expected);
    expect(expected.length).toBeLessThan(before.length - 1);
  });

  it("should leave posts alone that are beyond the horizon or another source's", async () => {
    vi.stubEnv('MIRANTE_X_COMPLIANCE_HORIZON_DAYS', '30');
    await capture([101], 'tag');
    await capture([102], 'tag', 'x-simulator');
    await database.query("UPDATE post SET posted_at = '2020-01-01' WHERE ext_id = '101'");
    sut = process();
    await checkOne();
    expect([await alive(), lookups.asked]).toEqual([['101', '102'], []]);
  });

  it('should give each block to one process, and nothing to one that lost it', async () => {
    await capture([101], 'tag');
    await allDue();
    const [first, second] = await Promise.all([sut.repository.claim('x', 60), process().repository.claim('x', 60)]);
    expect([first, second].filter((claim) => claim !== undefined).length).toBe(1);
    const claim = (first ?? second)!;
    await database.query('UPDATE compliance_block SET lease_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND');
    expect(await sut.repository.claim('x', 60)).toMatchObject({ id: claim.id, fence: claim.fence + 1 });
    await expect(sut.check.run(claim, NEVER)).rejects.toThrow();
    expect(await alive()).toEqual(['101']);
  });

  it('should do all of it by itself, through an outage, and show how old the oldest look is', async () => {
    vi.stubEnv('MIRANTE_X_COMPLIANCE_SECONDS', '1');
    x.replies.splice(0, 1, raw('<html>', 503), lookups.reply);
    await capture([101, 102], 'tag');
    lookups.shown.set('101', {});
    sut = process();
    const other = process();
    for (const { worker } of [sut, other]) worker.onApplicationBootstrap();
    await expect.poll(alive, { timeout: 20_000 }).toEqual(['101']);
    lookups.shown.delete('101');
    await expect.poll(alive, { timeout: 20_000 }).toEqual([]);
    for (const { worker } of [sut, other]) await worker.beforeApplicationShutdown();
    const metrics = await metricsRegistry.metrics();
    expect(metrics).toMatch(/compliance_checked_posts_total\{source="x",outcome="deleted"\} [1-9]/);
    expect(metrics).toMatch(/compliance_oldest_check_age_seconds\{source="x"\} \d/);
  });

  it('should do nothing unless it is told to, but follow a simulator', () => {
    vi.stubEnv('MIRANTE_X_COMPLIANCE', '');
    const enabled = (settings: Parameters<typeof xSettingsOf>[1]) => {
      const { worker } = process(settings);
      return (worker as unknown as { settings: { enabled: boolean } }).settings.enabled;
    };
    expect([enabled({}), enabled({ simulated: true })]).toEqual([false, true]);
    vi.stubEnv('MIRANTE_X_COMPLIANCE', 'true');
    expect([enabled({}), enabled({ token: null })]).toEqual([true, false]);
  });
});
