import { describe, expect, it } from 'vitest';
import type { Rule } from './rule-file.js';
import { spedUp } from './sped-up.js';

function only(rule: Rule, factor = 60): Rule {
  return spedUp([{ name: 'g', rules: [rule] }], factor)[0]!.rules[0]!;
}

describe(spedUp.name, () => {
  it('should shorten windows and offsets, and leave thresholds, matchers and texts alone', () => {
    const expr = 'rate(a{queue=~"ev[.].+",le="5m"}[5m]) > 300 and b offset 1h30m == 1 and c[30d:1m]';
    expect(only({ alert: 'A', expr, annotations: { summary: 'for 5m' } })).toEqual({
      alert: 'A',
      expr: 'rate(a{queue=~"ev[.].+",le="5m"}[5000ms]) > 300 and b offset 90000ms == 1 and c[43200000ms:1m]',
      annotations: { summary: 'for 5m' },
    });
  });

  it('should shorten what is waited for', () => {
    expect(only({ alert: 'A', expr: 'a', for: '2m', keep_firing_for: '5m' })).toMatchObject({
      for: '2000ms',
      keep_firing_for: '5000ms',
    });
  });

  it('should shorten the interval of a group, and never to nothing', () => {
    expect(spedUp([{ name: 'g', interval: '30s', rules: [] }], 60)).toEqual([
      { name: 'g', interval: '500ms', rules: [] },
    ]);
    expect(spedUp([{ name: 'g', interval: '1s', rules: [] }], 1e9)[0]!.interval).toBe('1ms');
  });

  it('should change nothing when nothing goes faster', () => {
    expect(only({ alert: 'A', expr: 'a[1m]', for: '1m' }, 1)).toEqual({
      alert: 'A',
      expr: 'a[60000ms]',
      for: '60000ms',
    });
  });
});
