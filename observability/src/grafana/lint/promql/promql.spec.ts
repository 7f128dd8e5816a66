import { describe, expect, it } from 'vitest';
import { fillMacros, parseable, variablesIn } from './macros.js';
import { parsePromql, PromqlError, selectorsIn } from './parse.js';
import { resultLabels } from './result-labels.js';

const LABELS: Record<string, string[]> = {
  a_bucket: ['job', 'service', 'le'],
  a: ['job', 'service'],
  b: ['job', 'service', 'queue'],
};
const labels = (expr: string) => [...resultLabels(expr, (metric) => LABELS[metric])].toSorted();

describe('macros of Grafana', () => {
  it('should be filled in in every form a variable has', () => {
    const values = { rateInterval: '20s', interval: '15s', range: '1h', variables: { service: '.+' } };
    const sut =
      'rate(a{s=~"$service", t=~"${service}", u=~"${service:regex}"}[$__rate_interval]) + b[$__range:$__interval]';
    expect(fillMacros(sut, values)).toBe('rate(a{s=~".+", t=~".+", u=~".+"}[20s]) + b[1h:15s]');
  });

  it('should leave what nobody has set, so that it shows', () => {
    expect(parseable('a{x="$nobody"}')).toBe('a{x="$nobody"}');
    expect(variablesIn('a{x="$one", y="${two:raw}"}[$__range]')).toEqual(['one', 'two']);
  });
});

describe('selectors of a query', () => {
  it('should be found with their matchers, range and function', () => {
    const [sut, other] = selectorsIn(
      'sum by (x) (rate(a{job="j", x!~"\\\\d+"}[5m] offset 1h)) / on (x) {__name__="b"}',
    );
    expect(sut).toMatchObject({ metric: 'a', range: '5m', within: 'rate', isNewOnly: false });
    expect(sut!.matchers).toEqual([
      { label: 'job', op: '=', value: 'j' },
      { label: 'x', op: '!~', value: '\\d+' },
    ]);
    expect(other).toMatchObject({ metric: 'b', matchers: [] });
    expect(other).not.toHaveProperty('range');
  });

  it.each([
    ['a unless (a offset 5m)', [true, true]],
    ['a unless (b offset 5m)', [false, false]],
    ['a unless a', [false, false]],
  ])('should tell whether %s only asks what is new', (expr, expected) => {
    expect(selectorsIn(expr).map(({ isNewOnly }) => isNewOnly)).toEqual(expected);
  });

  it.each(['', 'sum(a', 'a{x=}', 'a b', 'rate(a[5m]'])('should not be looked for in "%s"', (expr) => {
    expect(() => parsePromql(expr)).toThrow(PromqlError);
  });
});

describe('labels of the result of a query', () => {
  it.each([
    ['a', ['job', 'service']],
    ['rate(b[5m])', ['job', 'queue', 'service']],
    ['sum(b)', []],
    ['sum by (queue) (b)', ['queue']],
    ['sum without (queue) (b)', ['job', 'service']],
    ['topk(3, sum by (queue) (b))', ['queue']],
    ['histogram_quantile(0.9, sum by (le, service) (rate(a_bucket[5m])))', ['service']],
    ['1 - a', ['job', 'service']],
    ['time() - max by (job) (a)', ['job']],
    ['a / on (service) b', ['service']],
    ['b * on (service) group_left () a', ['job', 'queue', 'service']],
    ['sum by (job) (a) or sum by (queue) (b)', ['job', 'queue']],
    ['b unless (b offset 5m)', ['job', 'queue', 'service']],
    ['(b and on (job) a) or increase(b[5m])', ['job', 'queue', 'service']],
    ['sum_over_time(b[1h:5m])', ['job', 'queue', 'service']],
    ['vector(0)', []],
    ['nobody_knows_it', []],
  ])('should be those of %s', (expr, expected) => {
    expect(labels(expr)).toEqual(expected);
  });
});
