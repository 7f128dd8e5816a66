import { describe, expect, it } from 'vitest';
import { annotationsOf, renderAnnotations as sut } from './annotations.js';

describe('annotationsOf', () => {
  it('should lead to the page about the alert and to its dashboard, at the address of this deployment', () => {
    const texts = { name: 'MysqlDown', summary: 's', description: 'd', dashboard: 'mirante-mysql' };
    expect(annotationsOf(texts)).toMatchObject({
      runbook_url: '{{ $externalLabels.mirante_url }}/ops/runbooks/mysql-down',
      dashboard_url: '{{ $externalLabels.mirante_url }}/ops/dashboards/mirante-mysql',
    });
  });
});

describe(sut.name, () => {
  const given = { labels: { service: 'gateway' }, externalLabels: { mirante_url: 'https://x' }, value: '3s' };

  it('should fill in labels, the value and where it is', () => {
    const text =
      '{{ $externalLabels.mirante_url }} {{ $labels.service }} {{ $labels.none }}{{ $value | humanizeDuration }}';
    expect(sut({ text }, given)).toEqual({ text: 'https://x gateway 3s' });
  });

  it('should refuse a value the test does not give', () => {
    expect(() => sut({ text: '{{ $value }}' }, { ...given, value: undefined })).toThrow(/what {{ \$value }} becomes/);
  });
});
