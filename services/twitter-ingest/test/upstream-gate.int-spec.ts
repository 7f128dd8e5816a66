import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpstreamError } from '../src/captures/upstream.errors.js';
import { credentialOf, UpstreamGate } from '../src/upstream/index.js';
import { startUpstreamRig, type UpstreamProcess, type UpstreamRig } from './factories/upstream-rig.js';

const CREDENTIAL = credentialOf('https://api.x.com', 'token');
const ACCESS = { source: 'x', credential: CREDENTIAL, endpoint: 'search-recent' } as const;
const MONEY = {
  partId: 1,
  budgetMicroUsd: null,
  key: 'page-0',
  request: {},
  pages: { min: 10, max: 100 },
  perPost: 15_000,
  perRequest: 0,
};

describe(UpstreamGate.name, () => {
  let rig: UpstreamRig;
  let first: UpstreamProcess;
  let second: UpstreamProcess;

  beforeAll(async () => {
    vi.stubEnv('MIRANTE_X_DAILY_BUDGET_USD', '1000');
    rig = await startUpstreamRig('ingest_gate');
    first = await rig.process();
    second = await rig.process();
  });

  beforeEach(() => rig.clear());

  afterAll(async () => {
    vi.unstubAllEnvs();
    await rig?.close();
  });

  const errorOf = (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => error); // prettier-ignore
  const inWindow = (remaining: number, seconds = 600) => ({
    limit: 450,
    remaining,
    resetAt: new Date(Date.now() + seconds * 1_000),
  });

  describe('the shared quota', () => {
    it('should give the last requests of a window to as many processes as there are requests', async () => {
      await first.quota.report(CREDENTIAL, 'search-recent', inWindow(7));
      const asked = await Promise.all(
        Array.from({ length: 20 }, (_, n) => errorOf((n % 2 ? first : second).quota.take(CREDENTIAL, 'search-recent'))),
      );
      expect(asked.filter((error) => error === null)).toHaveLength(7);
      const refused = asked.find((error) => error !== null) as UpstreamError;
      expect(refused).toMatchObject({ reason: 'rate-window', reaction: 'wait' });
      const waitMs = refused.details.until!.getTime() - Date.now();
      expect(waitMs).toBeGreaterThan(590_000);
      expect(waitMs).toBeLessThan(605_000);
    });

    it('should begin with what X documents and open again when the window ends', async () => {
      await first.quota.take(CREDENTIAL, 'stream');
      const left = () => rig.database.query<{ remaining: number }>('SELECT remaining FROM upstream_quota');
      expect(await left()).toEqual([{ remaining: 49 }]);
      await first.quota.exhaust(CREDENTIAL, 'stream', new Date(Date.now() + 60_000));
      expect(await errorOf(second.quota.take(CREDENTIAL, 'stream'))).toMatchObject({ reason: 'rate-window' });
      await rig.database.query('UPDATE upstream_quota SET reset_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      await second.quota.take(CREDENTIAL, 'stream');
      expect(await left()).toEqual([{ remaining: 49 }]);
    });

    it('should not let an answer that comes late give requests back', async () => {
      await first.quota.report(CREDENTIAL, 'search-recent', inWindow(3));
      await second.quota.report(CREDENTIAL, 'search-recent', inWindow(5));
      await first.quota.report(CREDENTIAL, 'search-recent', inWindow(400, -300));
      expect(await rig.database.query('SELECT remaining FROM upstream_quota')).toEqual([{ remaining: 3 }]);
    });

    it('should believe no window that is longer than windows are', async () => {
      await first.quota.report(CREDENTIAL, 'search-recent', inWindow(0, 86_400));
      const refused = (await errorOf(first.quota.take(CREDENTIAL, 'search-recent'))) as UpstreamError;
      expect(refused.details.until!.getTime() - Date.now()).toBeLessThan(17 * 60_000);
    });

    it('should keep requests to the archive a second apart, whichever process sends them', async () => {
      const startedAt = performance.now();
      await Promise.all([first, second, first].map(({ quota }) => quota.take(CREDENTIAL, 'search-archive')));
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_900);
    });

    it('should count the credentials apart', async () => {
      await first.quota.exhaust(CREDENTIAL, 'stream', new Date(Date.now() + 60_000));
      await first.quota.take(credentialOf('https://api.x.com', 'another token'), 'stream');
    });
  });

  describe('halts', () => {
    const refused = (reason: 'auth' | 'usage-cap', until?: Date) =>
      new UpstreamError(reason, 'halt-source', 'no longer', { status: 401, ...(until && { until }) });

    it('should stop every process once one was refused', async () => {
      const failing = first.gate.paid(ACCESS, MONEY, () => Promise.reject(refused('auth')));
      await expect(failing).rejects.toMatchObject({ reason: 'auth' });
      const send = vi.fn();
      const error = (await errorOf(second.gate.paid(ACCESS, { ...MONEY, partId: 2 }, send))) as UpstreamError;
      expect(error).toMatchObject({ reason: 'auth', reaction: 'halt-source', message: 'no longer' });
      expect(error.details.until).toBeUndefined();
      expect(send).not.toHaveBeenCalled();
      expect(await first.halts.list()).toEqual([{ source: 'x', credential: CREDENTIAL, reason: 'auth' }]);
      expect(await rig.database.query('SELECT * FROM upstream_reservation')).toEqual([]);
    });

    it('should be free of it with another token at once', async () => {
      await first.halts.set(CREDENTIAL, 'x', refused('auth'));
      expect(await second.halts.check(credentialOf('https://api.x.com', 'new token'))).toBe(false);
    });

    it('should be tried by one process when the hour is over, and lifted for all when that works', async () => {
      await first.halts.set(CREDENTIAL, 'x', refused('auth'));
      await rig.database.query('UPDATE upstream_halt SET probe_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      const probes = await Promise.all(
        [first, second, first, second].map(({ halts }) => halts.check(CREDENTIAL).catch(() => false)),
      );
      expect(probes.filter(Boolean)).toHaveLength(1);
      await rig.database.query('UPDATE upstream_halt SET probe_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      await first.gate.free(ACCESS, () => Promise.resolve({}));
      expect(await second.halts.check(CREDENTIAL)).toBe(false);
    });

    it('should end by itself at the end that the source told', async () => {
      const until = new Date(Date.now() + 86_400_000);
      await first.halts.set(CREDENTIAL, 'x', refused('usage-cap', until));
      const error = (await errorOf(second.halts.check(CREDENTIAL))) as UpstreamError;
      expect(error.details.until).toEqual(until);
      await rig.database.query('UPDATE upstream_halt SET halted_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      expect(await second.halts.check(CREDENTIAL)).toBe(true);
      await expect(first.halts.check(CREDENTIAL)).rejects.toThrow('no longer');
    });
  });

  describe('the outcome of a request', () => {
    const reservations = () => rig.database.query<{ page_key: string }>('SELECT page_key FROM upstream_reservation');

    it('should give the money back after a refusal with a status', async () => {
      const failing = first.gate.paid(ACCESS, MONEY, () =>
        Promise.reject(new UpstreamError('upstream-unavailable', 'retry', 'no', { status: 503 })),
      );
      await expect(failing).rejects.toThrow('no');
      expect(await reservations()).toEqual([]);
    });

    it('should keep the money aside when nobody knows whether X has answered', async () => {
      const failing = first.gate.paid(ACCESS, MONEY, () =>
        Promise.reject(new UpstreamError('network', 'retry', 'cut off')),
      );
      await expect(failing).rejects.toThrow('cut off');
      expect(await reservations()).toEqual([{ page_key: 'page-0' }]);
    });

    it('should give the money back when the quota does not allow the request', async () => {
      await first.quota.exhaust(CREDENTIAL, 'search-recent', new Date(Date.now() + 60_000));
      await expect(first.gate.paid(ACCESS, MONEY, vi.fn())).rejects.toMatchObject({ reason: 'rate-window' });
      expect(await reservations()).toEqual([]);
    });

    it('should tell everybody of a window that X says is used up', async () => {
      const until = new Date(Date.now() + 300_000);
      const failing = first.gate.free(ACCESS, () =>
        Promise.reject(new UpstreamError('rate-window', 'wait', 'slow down', { status: 429, until })),
      );
      await expect(failing).rejects.toThrow('slow down');
      await expect(second.quota.take(CREDENTIAL, 'search-recent')).rejects.toMatchObject({ reason: 'rate-window' });
    });
  });
});
