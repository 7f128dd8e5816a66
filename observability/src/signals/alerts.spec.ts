import { describe, expect, it } from 'vitest';
import { alertsSchema, runbookOf } from './alerts.js';

const alert = {
  name: 'SomeTrouble',
  group: 'some',
  expr: 'up == 0',
  severity: 'page',
  dashboard: 'mirante-overview',
  summary: 'some trouble',
  description: 'There is some trouble with it.',
  test: {
    fires: { given: [{ series: 'up', values: '0+0x4' }], at: '1m', labels: {}, clears: '2m' },
    quiet: { given: [{ series: 'up', values: '1x4' }], at: ['1m'] },
  },
};
const problemsWith = (change: object) =>
  alertsSchema.safeParse({ alerts: [{ ...alert, ...change }] }).error?.issues.map(({ message }) => message) ?? [];

describe('alertsSchema', () => {
  it('should take an alert with both of its tests', () => {
    expect(problemsWith({})).toEqual([]);
  });

  it('should refuse an alert without a test in which it stays quiet or clears', () => {
    const { quiet, fires } = alert.test;
    expect(problemsWith({ test: { fires } })).toHaveLength(1);
    expect(problemsWith({ test: { fires: { ...fires, clears: undefined }, quiet } })).toHaveLength(1);
  });

  it('should refuse zeros that promtool takes for a hexadecimal number', () => {
    const quiet = { given: [{ series: 'up', values: '1x4 0x10' }], at: ['1m'] };
    expect(problemsWith({ test: { ...alert.test, quiet } })).toEqual(['write zeros as 0+0x4']);
  });

  it('should refuse a severity, a dashboard and a duration there are not', () => {
    expect(problemsWith({ severity: 'critical' })).toHaveLength(1);
    expect(problemsWith({ dashboard: 'mirante-nowhere' })).toHaveLength(1);
    expect(problemsWith({ for: '5 minutes' })).toHaveLength(1);
  });

  it('should refuse a name that is used twice', () => {
    expect(alertsSchema.safeParse({ alerts: [alert, alert] }).success).toBe(false);
  });
});

describe(runbookOf.name, () => {
  it.each([
    ['MysqlDown', 'mysql-down'],
    ['RabbitMqDiskAlarm', 'rabbit-mq-disk-alarm'],
    ['HttpLatencyErrorBudgetBurn', 'http-latency-error-budget-burn'],
  ])('should call the page about %s %s', (name, page) => {
    expect(runbookOf(name)).toBe(page);
  });
});
