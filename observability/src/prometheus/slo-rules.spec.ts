import { describe, expect, it } from 'vitest';
import type { SloSignal } from '../signals/slos.js';
import { slosSchema } from '../signals/slos.js';
import { BURN_WINDOWS, boundText, SLO_INTERVAL_SECONDS, sloGroups, thresholdOf } from './slo-rules.js';

const slo = (more: Partial<SloSignal> = {}): SloSignal => ({
  id: 'some-thing',
  title: 'Some thing',
  promise: 'much of it',
  objective: 0.999,
  by: ['service'],
  sli: { kind: 'events', bad: 'bad_total', total: 'all_total', example: { good: 'g{}', bad: 'b{}' } },
  guard: { events: 20, bad: 5 },
  dashboard: 'mirante-service',
  ...more,
});

const rules = (one: SloSignal) => sloGroups({ slos: [one] }).flatMap((group) => group.rules);
const recorded = (one: SloSignal, name: string) => rules(one).find(({ record }) => record === name)?.expr;
const alerts = (one: SloSignal) => rules(one).filter(({ alert }) => alert !== undefined);

describe('burn windows', () => {
  it('should spend the share of the budget of 30 days in the long window that the workbook gives', () => {
    const hours: Record<string, number> = { '1h': 1, '6h': 6, '1d': 24, '3d': 72 };
    const spent = BURN_WINDOWS.map(({ long, factor }) => (factor * hours[long]!) / (30 * 24));
    expect(spent.map((share) => Number(share.toFixed(4)))).toEqual([0.02, 0.05, 0.1, 0.1]);
  });

  it('should have a short window of a twelfth, which makes an alert clear soon', () => {
    const minutes = (window: string) => parseInt(window) * { m: 1, h: 60, d: 1_440 }[window.at(-1) as 'm' | 'h' | 'd'];
    for (const { long, short } of BURN_WINDOWS) expect(minutes(long) / minutes(short)).toBe(12);
  });
});

describe(thresholdOf.name, () => {
  it('should multiply what is allowed, without what binary fractions add', () => {
    expect(BURN_WINDOWS.map((window) => thresholdOf(slo(), window))).toEqual([0.0144, 0.006, 0.003, 0.001]);
    expect(BURN_WINDOWS.map((window) => thresholdOf(slo({ objective: 0.95 }), window))).toEqual([
      0.72, 0.3, 0.15, 0.05,
    ]);
  });
});

describe(sloGroups.name, () => {
  it('should name every alert after its objective, page for the fast windows and tell the slow ones apart', () => {
    expect(alerts(slo()).map(({ alert, labels, for: wait }) => ({ alert, ...labels, wait }))).toEqual([
      { alert: 'SomeThingErrorBudgetBurn', severity: 'page', slo: 'some-thing', window: '1h', wait: '2m' },
      { alert: 'SomeThingErrorBudgetBurn', severity: 'page', slo: 'some-thing', window: '6h', wait: '15m' },
      { alert: 'SomeThingErrorBudgetBurn', severity: 'ticket', slo: 'some-thing', window: '1d', wait: '1h' },
      { alert: 'SomeThingErrorBudgetBurn', severity: 'ticket', slo: 'some-thing', window: '3d', wait: '3h' },
    ]);
  });

  it('should count events by the time between two evaluations', () => {
    const [first] = sloGroups({ slos: [slo()] });
    expect(first!.interval).toBe(`${SLO_INTERVAL_SECONDS}s`);
    expect(alerts(slo())[0]!.expr).toContain(
      `sum_over_time(slo:sli_total:rate5m{slo="some-thing"}[1h]) * ${SLO_INTERVAL_SECONDS} >= 20`,
    );
  });

  it('should record everything again before Prometheus takes the last sample for gone', () => {
    const seconds = (interval = '') => parseInt(interval) * { s: 1, m: 60 }[interval.at(-1) as 's' | 'm'];
    for (const { interval } of sloGroups({ slos: [slo()] })) expect(seconds(interval)).toBeLessThan(300);
  });

  it('should see no error as a share of 0, not as nothing', () => {
    expect(recorded(slo(), 'slo:sli_bad:rate5m')).toBe(
      'sum by (service) (rate(bad_total[5m]))\nor sum by (service) (rate(all_total[5m])) * 0',
    );
  });

  it('should take for slow what is above a bound, spelt as Prometheus 3 spells it', () => {
    const sli = {
      kind: 'latency',
      metric: 'm_seconds',
      matchers: 'a="b"',
      within: 1,
      example: { labels: '' },
    } as const;
    expect(recorded(slo({ sli }), 'slo:sli_bad:rate5m')).toContain('m_seconds_bucket{a="b", le="1.0"}');
    expect(boundText(0.25)).toBe('0.25');
  });

  it('should weigh every event the same over long windows', () => {
    expect(recorded(slo(), 'slo:sli_error:ratio_rate3d')).toBe(
      'sum_over_time(slo:sli_bad:rate5m{slo="some-thing"}[3d])\n/ (sum_over_time(slo:sli_total:rate5m{slo="some-thing"}[3d]) > 0)',
    );
  });
});

describe('slosSchema', () => {
  it('should refuse a promise that the fastest window could never find broken', () => {
    const given = (objective: number) => slosSchema.safeParse({ slos: [slo({ objective })] }).success;
    expect([0.93, 0.94, 0.9999, 1].map(given)).toEqual([false, true, true, false]);
  });

  it('should refuse a promise that is not kept apart by service', () => {
    expect(slosSchema.safeParse({ slos: [slo({ by: ['source'] })] }).success).toBe(false);
  });
});
