import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTERVALS, type AuthorState, type PostState, type ReportFilter } from '#libs/contracts';
import { createAnalyticsDatabase, eventOf, type AnalyticsDatabase, type TestEvent } from './analytics-database.js';
import { intervalLabel } from './local-time.js';
import { NaiveReports } from './naive-reports.js';
import { diceOf, FIRST_POST, randomAuthor, randomPost, SPAN_MS, TAGS, type Dice } from './random-posts.js';

const SEED = Number(process.env['MIRANTE_TEST_SEED'] ?? Date.now() % 1_000_000);
const POSTS = 600;
const AUTHORS = 60;
const FILTERS = 60;
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
];
const DAY = 86_400_000;

/** A history with edits, deletions and changing authors, cut into events and shuffled. */
function history(dice: Dice): TestEvent[] {
  const authors: AuthorState[] = [];
  for (let id = 1; id <= AUTHORS; id++) {
    for (let rev = 1; rev <= 1 + dice.below(3); rev++) authors.push(randomAuthor(dice, id, rev));
  }
  const posts: PostState[] = [];
  for (let id = 1; id <= POSTS; id++) {
    for (let rev = 1; rev <= (dice.random() < 0.3 ? 1 + dice.below(4) : 1); rev++) {
      posts.push(randomPost(dice, id, rev, AUTHORS));
    }
  }
  const events: TestEvent[] = [];
  const shuffled = dice.shuffled(posts);
  while (shuffled.length > 0) {
    const part = shuffled.splice(0, 1 + dice.below(40));
    // Not every event says all about its authors, and some say it late.
    events.push(eventOf(part, dice.shuffled(authors).slice(0, dice.below(30))));
  }
  events.push(eventOf([], authors));
  return dice.shuffled(events);
}

function randomFilter(dice: Dice): ReportFilter {
  const instant = () => {
    const at = FIRST_POST - DAY + dice.below(SPAN_MS + 2 * DAY);
    const unit = dice.pick([1, 1_000, 900_000, DAY]);
    return Math.floor(at / unit) * unit;
  };
  const [from, to] = [instant(), instant()].sort((a, b) => a - b) as [number, number];
  const filter: ReportFilter = { tag: dice.pick(TAGS) };
  if (dice.random() < 0.6) filter.from = new Date(from).toISOString();
  if (dice.random() < 0.6) filter.to = new Date(to).toISOString();
  if (dice.random() < 0.3) filter.source = dice.pick(['x', 'mastodon', 'bluesky']);
  if (dice.random() < 0.3) filter.kind = dice.pick(['original', 'reply', 'quote', 'repost']);
  return filter;
}

describe(`reports over a random history (MIRANTE_TEST_SEED=${SEED})`, () => {
  const dice = diceOf(SEED);
  const naive = new NaiveReports();
  const filters = [
    ...TAGS.map((tag): ReportFilter => ({ tag })),
    ...Array.from({ length: FILTERS }, () => randomFilter(dice)),
  ];
  let sut: AnalyticsDatabase;

  beforeAll(async () => {
    sut = await createAnalyticsDatabase();
    const events = history(dice);
    const again: TestEvent[] = [];
    for (let next = 0; next < events.length;) {
      const batch = events.slice(next, (next += 1 + dice.below(4)));
      for (const { payload } of batch) naive.learn(payload.posts, payload.authors);
      // Some events come twice, at once or later, alone or among new ones.
      await sut.deliver(...batch, ...again.splice(0), ...(dice.random() < 0.2 ? [batch[0]!] : []));
      if (dice.random() < 0.3) again.push(dice.pick(batch));
    }
  });

  afterAll(() => sut?.close());

  it('should hold posts at all', () => {
    for (const tag of TAGS) expect(naive.matching({ tag }).length).toBeGreaterThan(5);
  });

  it('should summarise as a recount does', async () => {
    for (const filter of filters) {
      expect([filter, await sut.reports.summary.answer(filter)]).toEqual([filter, naive.summary(filter)]);
    }
  });

  it('should rank users as a recount does', async () => {
    for (const filter of filters) {
      const limit = dice.pick([1, 5, 20, 100]);
      const answer = await sut.reports.topUsers.answer({ ...filter, limit });
      expect([filter, answer]).toEqual([filter, naive.topUsers(filter, limit)]);
    }
  });

  it('should count hours of the clock as a recount does', async () => {
    for (const filter of filters) {
      for (const tz of dice.shuffled(ZONES).slice(0, 3)) {
        const { hours } = await sut.reports.hours.answer({ ...filter, tz });
        expect([filter, tz, hours.map(({ posts }) => posts)]).toEqual([filter, tz, naive.hours(filter, tz)]);
        expect(hours.map(({ hour }) => hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
      }
    }
  });

  it('should count languages as a recount does', async () => {
    for (const filter of filters) {
      const answer = await sut.reports.languages.answer(filter);
      expect([filter, answer]).toEqual([
        filter,
        { tag: filter.tag, basis: 'post', languages: naive.languages(filter) },
      ]);
    }
  });

  it('should count countries as a recount does', async () => {
    for (const filter of filters) {
      const answer = await sut.reports.countries.answer(filter);
      expect([filter, answer]).toEqual([filter, { tag: filter.tag, ...naive.countries(filter) }]);
    }
  });

  it('should count tags used together as a recount does', async () => {
    for (const filter of filters) {
      const limit = dice.pick([1, 3, 20]);
      const answer = await sut.reports.coTags.answer({ ...filter, limit });
      expect([filter, answer]).toEqual([filter, { tag: filter.tag, tags: naive.coTags(filter, limit) }]);
    }
  });

  it('should draw the network of tags as a recount does', async () => {
    for (const filter of filters.map(({ tag, source, kind }) => ({ tag, source, kind }))) {
      const limit = dice.pick([1, 3, 20]);
      const { nodes, edges } = await sut.reports.network.answer({ ...filter, limit });
      const expected = naive.network(filter, limit);
      expect([filter, nodes]).toEqual([filter, expected.nodes]);
      expect([filter, Object.fromEntries(edges.map(({ a, b, posts }) => [`${a} ${b}`, posts]))]).toEqual([
        filter,
        expected.edges,
      ]);
    }
  });

  it('should give series as a recount does, zeros included', async () => {
    for (const filter of filters) {
      const tz = dice.pick(ZONES);
      const interval = dice.pick(INTERVALS);
      const { points } = await sut.reports.series.answer({ ...filter, tz, interval });
      const starts = points.map(({ start }) => Date.parse(start));
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
      const counted = new Map(
        points.map(({ start, posts }) => [intervalLabel(interval, tz, Date.parse(start)), posts]),
      );
      expect(counted.size).toBe(points.length);
      const nonZero = new Map([...counted].filter(([, posts]) => posts > 0));
      expect([filter, tz, interval, nonZero]).toEqual([filter, tz, interval, naive.intervals(filter, interval, tz)]);
      const { from, to } = filter;
      if (from !== undefined && to !== undefined && from < to) {
        expect(counted.has(intervalLabel(interval, tz, Date.parse(from)))).toBe(true);
        expect(counted.has(intervalLabel(interval, tz, Date.parse(to) - 1))).toBe(true);
      }
    }
  });

  it('should answer with nothing for a tag nobody used', async () => {
    const filter = { tag: 'unseen' };
    expect(await sut.reports.summary.answer(filter)).toEqual(naive.summary(filter));
    expect(await sut.reports.topUsers.answer({ ...filter, limit: 5 })).toEqual({ tag: 'unseen', users: [] });
    expect((await sut.reports.hours.answer({ ...filter, tz: 'UTC' })).hours).toHaveLength(24);
    expect((await sut.reports.series.answer({ ...filter, tz: 'UTC', interval: 'day' })).points).toEqual([]);
    expect(await sut.reports.countries.answer(filter)).toEqual({ tag: 'unseen', ...naive.countries(filter) });
    expect((await sut.reports.coTags.answer({ ...filter, limit: 5 })).tags).toEqual([]);
  });

  it('should refuse what it cannot answer and say what is allowed', async () => {
    const range = { from: '2010-01-02T00:00:00Z', to: '2010-01-01T00:00:00Z' };
    await expect(sut.reports.summary.answer({ tag: 'zulu', ...range })).rejects.toMatchObject({
      code: 'ANALYTICS.RANGE_REVERSED',
      kind: 'invalid',
    });
    const wide = {
      tag: 'zulu',
      from: '2010-01-01T00:00:00Z',
      to: '2011-01-01T00:00:00Z',
      tz: 'UTC',
      interval: '15m',
    } as const;
    await expect(sut.reports.series.answer(wide)).rejects.toMatchObject({
      code: 'ANALYTICS.TOO_MANY_POINTS',
      kind: 'invalid',
      details: { points: 35_040, allowed: 10_000 },
    });
    await expect(sut.reports.series.answer({ ...wide, to: '9000-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'ANALYTICS.RANGE_OUT_OF_BOUNDS',
      kind: 'invalid',
    });
  });
});
