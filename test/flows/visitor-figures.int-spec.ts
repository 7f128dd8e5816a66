import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VisitorKeys } from '#libs/contracts';
import { Keyring } from '../../services/gateway/src/visits/visitor-marks.js';
import { TallyBuffer } from '../../services/gateway/src/visits/tally-buffer.js';
import {
  createVisitorsDatabase,
  eventOf,
  type TestEvent,
  type VisitorsDatabase,
} from '../../services/visitors/test/visitors-database.js';
import { seeded } from '../harness/archive-factory.js';

const HITS = 1_000_000;
const HITS_PER_EVENT = 1_000;
const EVENTS_PER_BATCH = 20;
const DAY_MS = 86_400_000;

/** Forty days over a change of month and of key periods. */
const FIRST = Date.parse('2026-01-25T00:00:00Z');
const DAYS = 40;
const dayText = (day: number) => new Date(FIRST + day * DAY_MS).toISOString().slice(0, 10);

const SITES = [
  { name: 'large.example', people: 120_000, share: 0.8 },
  { name: 'middle.example', people: 9_000, share: 0.17 },
  { name: 'small.example', people: 150, share: 0.03 },
];

/** What is known about the hits, told apart by nobody but this test. */
class Truth {
  private readonly people = new Map<string, Set<number>>();
  private readonly hits = new Map<string, number>();

  add(site: string, day: number, person: number): void {
    const key = `${site} ${day}`;
    const set = this.people.get(key) ?? new Set();
    this.people.set(key, set.add(person));
    this.hits.set(key, (this.hits.get(key) ?? 0) + 1);
  }

  figures(site: string, first: number, last: number): { unique: number; hits: number } {
    const people = new Set<number>();
    let hits = 0;
    for (let day = Math.max(0, first); day <= Math.min(DAYS - 1, last); day++) {
      for (const person of this.people.get(`${site} ${day}`) ?? []) people.add(person);
      hits += this.hits.get(`${site} ${day}`) ?? 0;
    }
    return { unique: people.size, hits };
  }
}

describe('figures of a million hits', () => {
  const random = seeded(20_260_125);
  const truth = new Truth();
  let sut: VisitorsDatabase;

  beforeAll(async () => {
    sut = await createVisitorsDatabase();
    const keyring = new Keyring(await keysOfAllDays(sut));
    const events = recordHits(keyring);
    const twice = events.filter((_, index) => index % 10 === 0);
    const deliveries = shuffled([...events, ...twice]);
    for (let start = 0; start < deliveries.length; start += EVENTS_PER_BATCH) {
      await sut.deliver(...deliveries.slice(start, start + EVENTS_PER_BATCH));
    }
    sut.setNow(`${dayText(DAYS - 1)}T12:00:00Z`);
  }, 300_000);

  afterAll(() => sut?.close());

  /** The keys themselves are fixed, so that the test errs the same way each time: not at all. */
  async function keysOfAllDays(database: VisitorsDatabase): Promise<VisitorKeys> {
    const secretOf = (text: string) => createHash('sha256').update(text).digest();
    const today = Math.floor(FIRST / DAY_MS);
    for (let day = today; day <= today + DAYS; day++) {
      await database.schema.query('INSERT INTO day_key VALUES (?, ?)', [day, secretOf(`day ${day}`)]);
    }
    for (let period = Math.floor(today / 31) - 1; period <= (today + DAYS) / 31; period++) {
      await database.schema.query('INSERT INTO period_key VALUES (?, ?)', [period, secretOf(`period ${period}`)]);
    }
    const all: VisitorKeys = { days: [], periods: [] };
    for (let day = 0; day < DAYS; day++) {
      database.setNow(`${dayText(day)}T12:00:00Z`);
      const { days, periods } = await database.keys.current();
      for (const key of days) if (!all.days.some((other) => other.day === key.day)) all.days.push(key);
      for (const key of periods) if (!all.periods.some(({ period }) => period === key.period)) all.periods.push(key);
    }
    return all;
  }

  function recordHits(keyring: Keyring): TestEvent[] {
    const buffer = new TallyBuffer(1_000_000);
    const events: TestEvent[] = [];
    for (let hit = 1; hit <= HITS; hit++) {
      const pick = random();
      const site = SITES.find((_, index) => pick < SITES.slice(0, index + 1).reduce((sum, s) => sum + s.share, 0))!;
      const day = Math.floor(random() * DAYS);
      // Some people come again and again, most do not.
      const person = Math.floor(random() ** 2 * site.people);
      truth.add(site.name, day, person);
      const identity = {
        site: site.name,
        address: `10.${person >> 16}.${(person >> 8) & 255}.${person & 255}`,
        agent: 'Test',
      };
      const marks = keyring.marksOf(identity, dayText(day));
      expect(buffer.add(site.name, dayText(day), 'human', marks)).toBe(true);
      while (hit % HITS_PER_EVENT === 0 && !buffer.isEmpty) events.push(eventOf(buffer.take()));
    }
    return events;
  }

  function shuffled<T>(list: T[]): T[] {
    for (let index = list.length - 1; index > 0; index--) {
      const other = Math.floor(random() * (index + 1));
      [list[index], list[other]] = [list[other]!, list[index]!];
    }
    return list;
  }

  function off(estimated: number, site: string, first: number, last: number): number {
    return Math.abs(estimated / truth.figures(site, first, last).unique - 1) * 100;
  }

  it.each(SITES)('should be exact for every day of $name', async ({ name }) => {
    const { buckets } = await sut.reports.report({ site: name, interval: 'day', from: dayText(0), to: dayText(DAYS) });
    expect(buckets.map(({ unique, exact, hits }) => ({ unique, exact, hits }))).toEqual(
      Array.from({ length: DAYS }, (_, day) => ({ ...truth.figures(name, day, day), exact: true })),
    );
  });

  it.each(SITES)('should be within 2 %% for every 7 and 30 days of $name', async ({ name }) => {
    for (let day = 6; day < DAYS; day++) {
      sut.setNow(`${dayText(day)}T12:00:00Z`);
      const summary = await sut.reports.summary(name);
      expect(off(summary.last_7_days.unique, name, day - 6, day)).toBeLessThan(2);
      expect(off(summary.last_30_days.unique, name, day - 29, day)).toBeLessThan(2);
      expect(summary.last_30_days.hits).toBe(truth.figures(name, day - 29, day).hits);
      expect(summary.last_30_days.exact).toBe(false);
      expect(off(summary.all_time.unique, name, 0, day)).toBeLessThan(2);
    }
  });

  it.each(SITES)('should be within 2 %% for every month of $name', async ({ name }) => {
    const ask = { site: name, interval: 'month', from: dayText(0), to: dayText(DAYS) } as const;
    const { buckets } = await sut.reports.report(ask);
    expect(buckets.map(({ from }) => from)).toEqual(['2026-01-25', '2026-02-01', '2026-03-01']);
    for (const [first, last, index] of [
      [0, 6, 0],
      [7, 34, 1],
      [35, 39, 2],
    ] as const) {
      expect(off(buckets[index]!.unique, name, first, last)).toBeLessThan(2);
      expect(buckets[index]!.hits).toBe(truth.figures(name, first, last).hits);
    }
  });

  it('should have counted every hit and every repeated delivery once', async () => {
    const rows = await sut.schema.query<{ hits: string }>('SELECT SUM(hits) AS hits FROM visit_count');
    expect(Number(rows[0]!.hits)).toBe(HITS);
  });
});
