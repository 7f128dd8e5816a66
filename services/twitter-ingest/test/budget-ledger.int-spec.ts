import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpstreamError } from '../src/captures/upstream.errors.js';
import { BudgetLedger, NO_PART, type Billed } from '../src/upstream/index.js';
import type { SpendAsk } from '../src/upstream/spending.types.js';
import { startUpstreamRig, type UpstreamProcess, type UpstreamRig } from './factories/upstream-rig.js';

const PER_POST = 15_000;

function ask(part: Partial<SpendAsk> = {}): SpendAsk {
  return {
    source: 'x',
    partId: 1,
    budgetMicroUsd: null,
    key: 'page-0',
    request: { from: 'a' },
    pages: { min: 10, max: 100 },
    perPost: PER_POST,
    perRequest: 0,
    ...part,
  };
}

function bill(posts: readonly (string | number)[], users: readonly (string | number)[] = []): Billed {
  return { postIds: posts.map(String), userIds: users.map(String), requestsMicroUsd: 0 };
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

describe(BudgetLedger.name, () => {
  let rig: UpstreamRig;
  let process_: UpstreamProcess;
  let other: UpstreamProcess;
  let sut: BudgetLedger;

  beforeAll(async () => {
    vi.stubEnv('MIRANTE_X_DAILY_BUDGET_USD', '10');
    rig = await startUpstreamRig('ingest_ledger');
    process_ = await rig.process();
    other = await rig.process();
    sut = process_.ledger;
  });

  beforeEach(() => rig.clear());

  afterAll(async () => {
    vi.unstubAllEnvs();
    await rig?.close();
  });

  const settle = (ledger: BudgetLedger, reservation: Awaited<ReturnType<BudgetLedger['reserve']>>, billed: Billed) =>
    ledger.settleAlone(reservation, billed);
  const reserved = async () =>
    Number((await rig.database.query<{ sum: string | null }>('SELECT SUM(micro_usd) AS sum FROM upstream_reservation'))[0]!.sum ?? 0); // prettier-ignore

  it('should put the worst case aside and charge what it really was', async () => {
    const reservation = await sut.reserve(ask());
    expect(reservation).toMatchObject({ pageSize: 100, microUsd: 100 * PER_POST, repeated: false });
    expect(await settle(sut, reservation, bill([1, 2, 3], [7]))).toEqual({ microUsd: 25_000, posts: 3, users: 1 });
    expect(await sut.spentToday('x')).toBe(25_000);
    expect(await reserved()).toBe(0);
  });

  it('should charge the same post and user once a day, whoever reads them', async () => {
    await settle(sut, await sut.reserve(ask()), bill([1, 2], [7]));
    const again = await settle(sut, await sut.reserve(ask({ partId: 2 })), bill([2, 3, 3], [7, 8]));
    expect(again).toEqual({ microUsd: 15_000, posts: 1, users: 1 });
  });

  it('should charge a post and a user of the same id, and the same id of the simulator, apart', async () => {
    await settle(sut, await sut.reserve(ask()), bill([1], [1]));
    const simulated = await sut.reserve(ask({ source: 'x-simulator' }));
    expect(await settle(sut, simulated, bill([1], [1]))).toMatchObject({ microUsd: 15_000 });
    expect(await sut.spentToday('x')).toBe(15_000);
  });

  it('should leave everything as it was when the transaction of the rows fails', async () => {
    const reservation = await sut.reserve(ask());
    const failing = rig.transactions.run(async (tx) => {
      await sut.settle(tx, reservation, bill([1, 2]));
      throw new Error('no rows');
    });
    await expect(failing).rejects.toThrow('no rows');
    expect(await sut.spentToday('x')).toBe(0);
    expect(await settle(sut, reservation, bill([1, 2]))).toMatchObject({ microUsd: 10_000 });
  });

  it('should not charge anew when the same rows are stored again', async () => {
    const reservation = await sut.reserve(ask({ pages: { min: 0, max: 0 }, perRequest: 5_000 }));
    const billed = { ...bill([1]), requestsMicroUsd: 5_000 };
    expect(await settle(sut, reservation, billed)).toMatchObject({ microUsd: 10_000 });
    expect(await settle(sut, reservation, billed)).toMatchObject({ microUsd: 0 });
  });

  it('should shrink the page to what the budget allows, and stop before it is exceeded', async () => {
    const budgetMicroUsd = 37 * PER_POST + 14_999;
    const first = await sut.reserve(ask({ budgetMicroUsd }));
    expect(first.pageSize).toBe(37);
    await settle(sut, first, bill(numbers(1, 28), numbers(1, 28)));
    const refused = sut.reserve(ask({ budgetMicroUsd, key: 'page-1' }));
    await expect(refused).rejects.toMatchObject({ reason: 'budget', reaction: 'stop-part' });
    const raised = await sut.reserve(ask({ budgetMicroUsd: budgetMicroUsd + 2 * PER_POST, key: 'page-1' }));
    expect(raised.pageSize).toBe(11);
  });

  it('should stop everybody at the budget of the day until midnight', async () => {
    const reservation = await sut.reserve(ask({ pages: { min: 10, max: 1_000 } }));
    expect(reservation.pageSize).toBe(666);
    const refused = await sut.reserve(ask({ partId: 2 })).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UpstreamError);
    expect(refused).toMatchObject({ reason: 'daily-budget', reaction: 'wait' });
    const until = (refused as UpstreamError).details.until!;
    expect(until.getTime() % 86_400_000).toBe(5_000);
    expect(until.getTime()).toBeGreaterThan(Date.now());
  });

  it('should never promise more than there is to processes that ask at once', async () => {
    const budgetMicroUsd = 4_000_000;
    let granted = 0;
    let spent = 0;
    const work = async ({ ledger }: UpstreamProcess, partId: number) => {
      for (let page = 0; ; page++) {
        let reservation;
        try {
          const pages = { min: 10, max: 20 };
          reservation = await ledger.reserve(ask({ partId, budgetMicroUsd, key: `page-${page}`, pages }));
        } catch (error) {
          expect(error).toMatchObject({ reason: expect.stringMatching(/budget/) });
          return;
        }
        granted += reservation.microUsd;
        const ids = numbers(partId * 10_000 + page * 100, reservation.pageSize);
        const { microUsd } = await settle(ledger, reservation, bill(ids, ids));
        spent += microUsd;
        granted -= reservation.microUsd;
        expect(spent + granted).toBeLessThanOrEqual(10_000_000);
      }
    };
    await Promise.all([work(process_, 1), work(other, 2), work(process_, 3), work(other, 4)]);
    const total = await sut.spentToday('x');
    expect(total).toBe(spent);
    expect(total).toBeLessThanOrEqual(10_000_000);
    expect(total).toBeGreaterThan(10_000_000 - 4 * 20 * PER_POST);
    const parts = await rig.database.query<{ sum: string }>('SELECT SUM(micro_usd) AS sum FROM upstream_spend GROUP BY part_id'); // prettier-ignore
    for (const { sum } of parts) expect(Number(sum)).toBeLessThanOrEqual(budgetMicroUsd);
  });

  it('should charge a post once that several processes bring at the same moment', async () => {
    const ids = numbers(1, 50);
    const settled = await Promise.all(
      [process_, other, process_, other].map(async ({ ledger }, index) =>
        settle(ledger, await ledger.reserve(ask({ partId: index + 1 })), bill(ids)),
      ),
    );
    expect(settled.reduce((sum, { microUsd }) => sum + microUsd, 0)).toBe(50 * 5_000);
    expect(await sut.spentToday('x')).toBe(50 * 5_000);
  });

  describe('after a process was killed between request and answer', () => {
    it('should count its request as spent until the same page was read again', async () => {
      const budgetMicroUsd = 60 * PER_POST;
      const lost = await sut.reserve(ask({ budgetMicroUsd, pages: { min: 10, max: 40 } }));
      const elsewhere = await other.ledger.reserve(ask({ budgetMicroUsd, key: 'page-9' }));
      expect(elsewhere.pageSize).toBe(20);
      await other.ledger.release(elsewhere);
      const repeated = await other.ledger.reserve(ask({ budgetMicroUsd, request: { from: 'b' } }));
      expect(repeated).toMatchObject({ id: lost.id, repeated: true, pageSize: 40, request: { from: 'a' } });
      await settle(other.ledger, repeated, bill(numbers(1, 10)));
      expect(await reserved()).toBe(0);
      expect(await sut.spentToday('x')).toBe(50_000);
    });

    it('should keep that money aside when the repetition is refused', async () => {
      await sut.reserve(ask());
      const repeated = await other.ledger.reserve(ask());
      await other.ledger.release(repeated);
      expect(await reserved()).toBe(100 * PER_POST);
    });

    it('should count it as spent for good when the day is over', async () => {
      const lost = await sut.reserve(ask());
      await rig.database.query('UPDATE upstream_reservation SET utc_day = utc_day - INTERVAL 1 DAY WHERE id = ?', [
        lost.id,
      ]);
      const today = await sut.reserve(ask());
      expect(today).toMatchObject({ repeated: false });
      await sut.release(today);
      expect(await sut.spentToday('x')).toBe(0);
      const rows = await rig.database.query('SELECT micro_usd FROM upstream_spend WHERE part_id = 1');
      expect(rows).toEqual([{ micro_usd: 100 * PER_POST }]);
    });

    it('should count it as spent when it cannot be repeated', async () => {
      await sut.reserve(ask());
      const anew = await sut.reserve(ask({ isRepeatable: () => false, request: { from: 'b' } }));
      expect(anew).toMatchObject({ repeated: false, request: { from: 'b' } });
      expect(await sut.spentToday('x')).toBe(100 * PER_POST);
    });

    it('should count a request that is charged as such as spent, because repeating it costs again', async () => {
      const counts = ask({ pages: { min: 0, max: 0 }, perPost: 1, perRequest: 5_000 });
      await sut.reserve(counts);
      const second = await sut.reserve(counts);
      expect(second.repeated).toBe(false);
      await settle(sut, second, { postIds: [], userIds: [], requestsMicroUsd: 5_000 });
      expect(await sut.spentToday('x')).toBe(10_000);
    });
  });

  it('should take an answer that crosses midnight for wholly new', async () => {
    await settle(sut, await sut.reserve(ask()), bill([1, 2]));
    const late = await sut.reserve(ask({ key: 'page-1' }));
    await rig.database.query('UPDATE upstream_reservation SET utc_day = utc_day - INTERVAL 1 DAY');
    await rig.database.query('UPDATE upstream_billed SET utc_day = utc_day - INTERVAL 1 DAY');
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(await settle(sut, { ...late, day: yesterday }, bill([1, 2]))).toMatchObject({ microUsd: 10_000 });
  });

  it('should keep money aside for a stream, each part its own', async () => {
    const payer = { source: 'x' as const, partId: 5, budgetMicroUsd: 300_000 };
    expect(await sut.hold(payer, 200_000)).toBe(true);
    expect(await sut.hold(payer, 200_000)).toBe(true);
    expect((await sut.reserve(ask({ ...payer, perPost: 10_000 }))).pageSize).toBe(10);
    expect(await sut.hold(payer, 200_001)).toBe(false);
    expect(await rig.database.query('SELECT * FROM upstream_reservation WHERE is_standing = 1')).toEqual([]);
    expect(await sut.hold({ source: 'x', partId: NO_PART, budgetMicroUsd: null }, 9_800_000)).toBe(true);
    await expect(sut.reserve(ask({ partId: 6 }))).rejects.toMatchObject({ reason: 'daily-budget' });
    await sut.dropHold('x', NO_PART);
    expect((await sut.reserve(ask({ partId: 6 }))).pageSize).toBe(100);
  });

  it('should charge what a stream brought to the part named first', async () => {
    const costs = await rig.transactions.run((tx) =>
      sut.charge(tx, 'x', [
        { partId: 1, billed: bill([1, 2], [7]) },
        { partId: 2, billed: bill([2, 3], [7]) },
      ]),
    );
    expect(costs).toEqual([
      { partId: 1, microUsd: 20_000 },
      { partId: 2, microUsd: 5_000 },
    ]);
    expect(await sut.spentToday('x')).toBe(25_000);
  });

  it('should forget what can no longer be billed twice, and settle what nobody settled', async () => {
    await settle(sut, await sut.reserve(ask()), bill(numbers(1, 20)));
    await rig.database.query('UPDATE upstream_billed SET utc_day = utc_day - INTERVAL 4 DAY WHERE ext_id < 10');
    const lost = await sut.reserve(ask({ partId: 3 }));
    const fresh = await sut.reserve(ask({ partId: 4 }));
    await rig.database.query('UPDATE upstream_reservation SET utc_day = utc_day - INTERVAL 2 DAY WHERE id = ?', [
      lost.id,
    ]);
    await sut.tidy();
    expect(await rig.database.query('SELECT COUNT(*) AS n FROM upstream_billed')).toEqual([{ n: 11 }]);
    expect(await rig.database.query('SELECT id FROM upstream_reservation')).toEqual([{ id: fresh.id }]);
    expect(await rig.database.query('SELECT micro_usd FROM upstream_spend WHERE part_id = 3')).toEqual([
      { micro_usd: 100 * PER_POST },
    ]);
  });
});
