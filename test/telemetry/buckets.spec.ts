import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { collectProcessMetrics, metricsRegistry } from '#libs/observability';
import { readCatalogue } from '../../observability/src/signals/catalogue.js';
import { ROOT } from './declared-metrics.js';

const sut = readCatalogue(ROOT).metrics.filter(({ type }) => type === 'histogram');

beforeAll(async () => {
  collectProcessMetrics();
  for (const file of metricsFiles()) await import(file);
});

describe('buckets in the catalogue', () => {
  it('should be those of the source', () => {
    expect(sut.length).toBeGreaterThan(15);
    const told = Object.fromEntries(sut.map(({ name, buckets }) => [name, buckets]));
    expect(told).toEqual(Object.fromEntries(sut.map(({ name }) => [name, boundsOf(name)])));
  });
});

function boundsOf(name: string): unknown {
  return (metricsRegistry.getSingleMetric(name) as unknown as { upperBounds?: number[] } | undefined)?.upperBounds;
}

function metricsFiles(): string[] {
  return ['libs', 'services'].flatMap((group) =>
    readdirSync(join(ROOT, group), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.metrics.ts') && !name.includes('node_modules'))
      .map((name) => join(ROOT, group, name)),
  );
}
