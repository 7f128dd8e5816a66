import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OTHER_REFERRERS, visitTallySchema, type VisitTally } from '#libs/contracts';
import { MAX_DAY_REFERRERS } from '../src/referrers/referrer.repository.js';
import { createVisitorsDatabase, eventOf, type VisitorsDatabase } from './visitors-database.js';

const SITE = 'a.example';

function tally(day: string, referrers: Record<string, number>): VisitTally {
  const list = Object.entries(referrers).map(([host, hits]) => ({ host, hits }));
  const hits = list.reduce((sum, referrer) => sum + referrer.hits, 0);
  return visitTallySchema.parse({
    site: SITE,
    day,
    hits,
    dnt: 0,
    bots: 0,
    visitors: [],
    registers: [],
    referrers: list,
  });
}

const hosts = (first: number, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`h${String(first + n).padStart(4, '0')}.example`, 1]));

describe('referrers', () => {
  let sut: VisitorsDatabase;

  beforeAll(async () => {
    sut = await createVisitorsDatabase();
  });

  beforeEach(async () => {
    sut.setNow('2026-03-10T12:00:00Z');
    for (const table of ['visit_count', 'visit_referrer', 'inbox']) await sut.schema.query(`DELETE FROM ${table}`);
    await sut.keys.current();
  });

  afterAll(() => sut?.close());

  it('should be summed over days, most hits first, and what is not named as other', async () => {
    await sut.deliver(eventOf([tally('2026-03-09', { 'search.example': 3, 'news.example': 2, [OTHER_REFERRERS]: 7 })]));
    await sut.deliver(eventOf([tally('2026-03-10', { 'news.example': 2, 'blog.example': 1 })]));
    await sut.deliver(eventOf([tally('2026-03-08', { 'old.example': 50 })]));
    const ask = { site: SITE, from: '2026-03-09', to: '2026-03-11' };
    expect(await sut.referrers.list({ ...ask, limit: 2 })).toEqual({
      ...ask,
      tz: 'UTC',
      referrers: [
        { host: 'news.example', hits: 4 },
        { host: 'search.example', hits: 3 },
      ],
      other: 8,
    });
  });

  it('should be those of thirty days unless told otherwise', async () => {
    await sut.deliver(
      eventOf([tally('2026-02-08', { 'before.example': 1 }), tally('2026-02-09', { 'first.example': 1 })]),
    );
    expect(await sut.referrers.list({ site: SITE, limit: 20 })).toMatchObject({
      from: '2026-02-09',
      to: '2026-03-11',
      referrers: [{ host: 'first.example', hits: 1 }],
      other: 0,
    });
    expect(await sut.referrers.list({ site: 'unknown.example', limit: 20 })).toMatchObject({ referrers: [], other: 0 });
  });

  it('should be counted once when an event comes twice', async () => {
    const event = eventOf([tally('2026-03-10', { 'news.example': 2 })]);
    await sut.deliver(event, event);
    await sut.deliver(event);
    expect((await sut.referrers.list({ site: SITE, limit: 20 })).referrers).toEqual([
      { host: 'news.example', hits: 2 },
    ]);
  });

  it('should not grow without end, whoever makes hosts up, and lose no hit', async () => {
    for (let first = 0; first < 1_000; first += 50) await sut.deliver(eventOf([tally('2026-03-10', hosts(first, 50))]));
    await sut.deliver(eventOf([tally('2026-03-10', hosts(0, 50))]));
    const rows = await sut.schema.query('SELECT host FROM visit_referrer');
    expect(rows).toHaveLength(MAX_DAY_REFERRERS + 1);
    const { referrers, other } = await sut.referrers.list({ site: SITE, limit: 200 });
    expect(referrers).toHaveLength(MAX_DAY_REFERRERS);
    expect(referrers.filter(({ hits }) => hits === 2)).toHaveLength(50);
    expect(other).toBe(800);
  });

  it('should keep to the limit when batches arrive at the same time', async () => {
    await Promise.all(
      [0, 50, 100, 150, 200, 250].map((first) => sut.deliver(eventOf([tally('2026-03-10', hosts(first, 50))]))),
    );
    expect(await sut.schema.query('SELECT host FROM visit_referrer')).toHaveLength(MAX_DAY_REFERRERS + 1);
    const { referrers, other } = await sut.referrers.list({ site: SITE, limit: 200 });
    expect(referrers.reduce((sum, { hits }) => sum + hits, other)).toBe(300);
  });

  it('should take events of before there were any', () => {
    const { referrers, ...old } = tally('2026-03-10', {});
    expect(referrers).toEqual([]);
    expect(visitTallySchema.parse(old).referrers).toEqual([]);
  });

  it('should refuse a range that ends before it begins', async () => {
    const ask = { site: SITE, from: '2026-03-12', limit: 20 };
    await expect(sut.referrers.list(ask)).rejects.toMatchObject({ code: 'VISITORS.RANGE_REVERSED' });
  });
});
