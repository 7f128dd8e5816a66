import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VisitTally } from '#libs/contracts';
import { createVisitorsDatabase, eventOf, type VisitorsDatabase } from './visitors-database.js';

const TODAY = '2026-03-10';
const visitorNames = new Map<string, string>();

/** The same name is the same visitor, here as everywhere in this file. */
function visitor(name: string): string {
  const known = visitorNames.get(name) ?? randomBytes(16).toString('base64url');
  visitorNames.set(name, known);
  return known;
}

function tally(names: string[], more: Partial<VisitTally> = {}): VisitTally {
  return {
    site: 'a.example',
    day: TODAY,
    hits: names.length,
    dnt: 0,
    bots: 0,
    visitors: names.map(visitor),
    referrers: [],
    registers: [{ period: 661, values: names.map((name) => name.charCodeAt(0) * 64 + 1) }],
    ...more,
  };
}

describe('recording visits', () => {
  let sut: VisitorsDatabase;

  beforeAll(async () => {
    sut = await createVisitorsDatabase();
  });

  beforeEach(async () => {
    sut.setNow(`${TODAY}T12:00:00Z`);
    for (const table of ['visitor_day', 'visit_count', 'day_sketch', 'inbox', 'day_key', 'period_key']) {
      await sut.schema.query(`DELETE FROM ${table}`);
    }
    await sut.keys.current();
  });

  afterAll(() => sut?.close());

  async function today(site: string = 'a.example') {
    const { unique, hits, bots, dnt, exact } = (await sut.reports.summary(site)).today;
    return { unique, hits, bots, dnt, exact };
  }

  it('should count a visitor once a day and every hit', async () => {
    await sut.deliver(eventOf([tally(['ann', 'bob'])]));
    await sut.deliver(eventOf([tally(['bob', 'cyd'], { hits: 5, dnt: 1, bots: 4 })]));
    expect(await today()).toEqual({ unique: 3, hits: 7, bots: 4, dnt: 1, exact: true });
  });

  it('should count an event once, in one batch and over batches', async () => {
    const event = eventOf([tally(['ann'], { bots: 2 })]);
    await sut.deliver(event, event);
    await sut.deliver(event);
    expect(await today()).toEqual({ unique: 1, hits: 1, bots: 2, dnt: 0, exact: true });
  });

  it('should count two batches that arrive at the same time', async () => {
    const names = (from: number) => Array.from({ length: 200 }, (_, n) => `v${from + n}`);
    await Promise.all(
      [0, 100, 200, 300].map((from) =>
        sut.deliver(eventOf([tally(names(from)), tally(names(from), { site: 'b.example' })])),
      ),
    );
    expect(await today()).toMatchObject({ unique: 500, hits: 800 });
    expect(await today('b.example')).toMatchObject({ unique: 500, hits: 800 });
  });

  it('should have figures of zero for a site nobody has visited', async () => {
    expect(await today('unknown.example')).toEqual({ unique: 0, hits: 0, bots: 0, dnt: 0, exact: true });
  });

  it('should destroy a key and its visitors 48 hours after the day, and keep the figures', async () => {
    await sut.deliver(eventOf([tally(['ann', 'bob'])]));
    const left = async () => {
      const keys = await sut.schema.query('SELECT day FROM day_key');
      const rows = await sut.schema.query('SELECT visitor FROM visitor_day');
      return [keys.length, rows.length];
    };
    sut.setNow('2026-03-12T23:59:59Z');
    expect(await sut.keys.destroyOld()).toBe(0);
    expect(await left()).toEqual([2, 2]);
    sut.setNow('2026-03-13T00:00:00Z');
    expect(await sut.keys.destroyOld()).toBe(2);
    expect(await left()).toEqual([1, 0]);
    const { buckets } = await sut.reports.report({ site: 'a.example', interval: 'day', from: TODAY, to: '2026-03-11' });
    expect(buckets[0]).toMatchObject({ unique: 2, hits: 2, exact: true });
  });

  it('should keep a key of a period until 48 hours after its last day', async () => {
    const periods = async () => (await sut.schema.query<{ period: number }>('SELECT period FROM period_key ORDER BY 1')).map(({ period }) => period); // prettier-ignore
    expect(await periods()).toEqual([661, 662]);
    const last = (await sut.keys.current()).periods[0]!.last_day;
    const end = Date.parse(`${last}T00:00:00Z`) + 3 * 86_400_000;
    sut.setNow(new Date(end - 1_000).toISOString());
    await sut.keys.destroyOld();
    expect(await periods()).toContain(661);
    sut.setNow(new Date(end).toISOString());
    await sut.keys.destroyOld();
    expect(await periods()).not.toContain(661);
  });

  it('should count hits that come after the day was closed, and no visitors twice', async () => {
    await sut.deliver(eventOf([tally(['ann'])]));
    sut.setNow('2026-03-20T00:00:00Z');
    await sut.keys.destroyOld();
    await sut.deliver(eventOf([tally(['ann', 'bob'])]));
    const { buckets } = await sut.reports.report({ site: 'a.example', interval: 'day', from: TODAY, to: '2026-03-11' });
    expect(buckets[0]).toMatchObject({ unique: 1, hits: 3, exact: true });
    expect(await sut.schema.query('SELECT * FROM visitor_day')).toEqual([]);
  });

  it('should give every caller the same keys, those of tomorrow included', async () => {
    const [one, two] = await Promise.all([sut.keys.current(), sut.keys.current()]);
    expect(one).toEqual(two);
    expect(one.days.map(({ day }) => day)).toEqual([TODAY, '2026-03-11']);
    expect(new Set(one.days.map(({ secret }) => secret)).size).toBe(2);
  });

  it('should refuse reports it cannot make', async () => {
    const ask = { site: 'a.example', interval: 'day' } as const;
    await expect(sut.reports.report({ ...ask, from: '2020-01-01', to: '2026-01-01' })).rejects.toMatchObject({
      code: 'VISITORS.TOO_MANY_BUCKETS',
    });
    await expect(sut.reports.report({ ...ask, from: '2026-01-02', to: '2026-01-02' })).rejects.toMatchObject({
      code: 'VISITORS.RANGE_REVERSED',
    });
  });
});
