import { describe, expect, it } from 'vitest';
import type { MetricSignal } from '../../../observability/src/signals/metrics.js';
import { readExposition } from './exposition.js';
import { missingFromServices, unknownToCatalogue } from './live-catalogue.js';

const signal = (more: Partial<MetricSignal> = {}): MetricSignal => ({
  name: 'a_total',
  type: 'counter',
  unit: 'none',
  labels: ['kind'],
  values: { kind: ['x'] },
  help: 'What a counts',
  owner: 'libs/a',
  ...more,
});
const shown = (sample: string, head = '# HELP a_total What a counts\n# TYPE a_total counter') =>
  readExposition(`${head}\n${sample}\n`);

describe(unknownToCatalogue.name, () => {
  it('should find nothing in what is as the catalogue says', () => {
    expect(unknownToCatalogue([signal()], shown('a_total{kind="x"} 1'))).toEqual([]);
    expect(unknownToCatalogue([signal()], shown('a_total{kind="__overflow__"} 1'))).toEqual([]);
  });

  it.each([
    ['a metric nobody listed', shown('b_total 1', '# HELP b_total B\n# TYPE b_total counter'), 'b_total is not in'],
    ['another type', shown('a_total 1', '# HELP a_total What a counts\n# TYPE a_total gauge'), 'is a gauge'],
    ['another text', shown('a_total 1', '# HELP a_total Else\n# TYPE a_total counter'), 'says "Else"'],
    ['a label it does not have', shown('a_total{colour="x"} 1'), 'has no label colour'],
    ['a value the label cannot have', shown('a_total{kind="a \\"b\\""} 1'), 'no kind of a_total may be "a "b""'],
  ])('should find %s', (_, families, problem) => {
    expect(unknownToCatalogue([signal()], families).join()).toContain(problem);
  });
});

describe(missingFromServices.name, () => {
  it('should find a metric no service shows', () => {
    expect(missingFromServices([signal()], [])).toEqual(['a_total is shown by no service']);
  });

  it('should take a metric without series only when it is said to be seldom', () => {
    expect(missingFromServices([signal()], shown(''))).toEqual(['a_total has no series']);
    expect(missingFromServices([signal({ seldom: 'only when it burns' })], shown(''))).toEqual([]);
    expect(missingFromServices([signal()], [...shown(''), ...shown('a_total{kind="x"} 1')])).toEqual([]);
  });
});
