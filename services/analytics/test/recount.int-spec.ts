import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { metricsRegistry } from '#libs/observability';
import { RebuildService } from '../src/recount/rebuild.service.js';
import { RecountRepository } from '../src/recount/recount.repository.js';
import { RecountService } from '../src/recount/recount.service.js';
import { createAnalyticsDatabase, eventOf, type AnalyticsDatabase } from './analytics-database.js';
import { author, post } from './factories.js';

let sut: AnalyticsDatabase;

beforeAll(async () => {
  sut = await createAnalyticsDatabase();
});

afterAll(() => sut?.close());

describe('recount and rebuild', () => {
  const tamper = [
    'UPDATE rollup_15m SET reply = reply + 2 LIMIT 1',
    'DELETE FROM rollup_lang_day LIMIT 1',
    "UPDATE rollup_country_day SET country = 'XX' LIMIT 1",
    'UPDATE rollup_cotag_day SET quote = quote - 1 LIMIT 1',
    'UPDATE rollup_profile SET authors = authors + 1 LIMIT 1',
    'UPDATE rollup_profile SET repost = repost + 1 LIMIT 1',
    'UPDATE tag_author SET repost = repost + 1 LIMIT 1',
    'UPDATE tag_author SET rank_key = 5 LIMIT 1',
  ];

  const recounts = () => new RecountService(sut.transactions, new RecountRepository());

  async function drift(): Promise<number | undefined> {
    const metric = await metricsRegistry.getSingleMetric('rollup_drift')!.get();
    return metric.values[0]?.value;
  }

  beforeEach(async () => {
    await sut.clear();
    await sut.deliver(
      eventOf([post(), post({ id: 2, author_id: 11, kind: 'reply' })], [author(), author({ id: 11, ext_id: '101' })]),
    );
  });

  it('should find no drift in what was applied', async () => {
    expect(await recounts().recount(10)).toEqual({ samples: expect.any(Number) as number, drift: 0 });
    expect(await drift()).toBe(0);
  });

  it.each(tamper)('should find and mend: %s', async (statement) => {
    const before = await sut.figures();
    await sut.schema.query(statement);
    const found = await recounts().recount(40);
    expect(found.samples).toBe(2);
    expect(found.drift).toBeGreaterThan(0);
    expect(await drift()).toBe(found.drift);
    await new RebuildService(sut.transactions).rebuildAll(() => undefined);
    expect(await sut.figures()).toEqual(before);
    expect(await recounts().recount(20)).toMatchObject({ drift: 0 });
  });

  it('should have nothing to say of an empty schema', async () => {
    await sut.schema.query('DELETE FROM post_fact');
    await sut.schema.query('DELETE FROM tag');
    expect(await recounts().recount(4)).toEqual({ samples: 0, drift: 0 });
  });
});
