import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  collectProcessMetrics,
  createLogger,
  ECS_FIELDS,
  initLogging,
  metricsRegistry,
  newContext,
  runInContext,
  setLogLevels,
} from '#libs/observability';
import { declaredMetrics, type MetricSignal, ROOT } from './declared-metrics.js';

interface MetricEntry extends MetricSignal {
  unit: string;
}

interface FieldEntry {
  name: string;
  type: string;
  set_by: 'logger' | 'caller';
  help: string;
}

const UNITS = ['seconds', 'bytes', 'ratio', 'messages', 'info', 'none'];

function read<T>(file: string): T {
  return parse(readFileSync(join(ROOT, 'observability/signals', file), 'utf8')) as T;
}

const { metrics } = read<{ metrics: MetricEntry[] }>('metrics.yaml');
const { fields } = read<{ fields: FieldEntry[] }>('log-fields.yaml');
const ours = metrics.filter(({ owner }) => owner !== 'prom-client');

describe('metric catalogue', () => {
  it('should hold exactly what the source declares, with the same type, labels and help', () => {
    const declared = declaredMetrics();
    expect(declared.length).toBeGreaterThan(12);
    const shown = ({ name, type, labels, help, owner }: MetricSignal) => ({ name, type, labels, help, owner });
    const byName = (a: MetricSignal, b: MetricSignal) => (a.name < b.name ? -1 : 1);
    expect(ours.map(shown).sort(byName)).toEqual(declared.map(shown).sort(byName));
  });

  it('should hold exactly what the process itself shows', () => {
    collectProcessMetrics();
    const known = new Set(ours.map(({ name }) => name));
    const shown = metricsRegistry.getMetricsAsArray() as unknown as Array<{
      name: string;
      type: string;
      labelNames: string[];
    }>;
    const foreign = shown
      .filter(({ name }) => !known.has(name))
      .map(({ name, type, labelNames }) => `${type} ${name} ${labelNames}`);
    const listed = metrics
      .filter(({ owner }) => owner === 'prom-client')
      .map(({ name, type, labels }) => `${type} ${name} ${labels}`);
    expect(listed.sort()).toEqual(foreign.sort());
  });

  it('should name every metric once, with a unit that its name shows', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    for (const { name, unit, help } of metrics) {
      expect(UNITS, name).toContain(unit);
      expect(help.length, name).toBeGreaterThan(5);
      if (['seconds', 'bytes', 'ratio'].includes(unit)) expect(name).toContain(unit);
      else expect(name, `${name} has the unit ${unit}`).not.toMatch(/_(seconds|bytes|ratio)(_|$)/);
    }
  });
});

describe('log field catalogue', () => {
  it('should hold exactly the ECS fields a caller may set', () => {
    const listed = fields.filter((field) => field.set_by === 'caller').map(({ name, type }) => [name, type]);
    expect(Object.fromEntries(listed)).toEqual({ ...ECS_FIELDS, 'labels.*': 'keyword' });
  });

  it('should hold exactly the fields that lines are found to have', async () => {
    const found = new Set((await sampleLines()).flatMap((line) => leaves('', line)));
    const bySelf = fields.filter((field) => field.set_by === 'logger').map(({ name }) => name);
    expect([...found].filter((name) => !name.startsWith('labels.') && !(name in ECS_FIELDS)).sort()).toEqual(
      bySelf.sort(),
    );
  });

  it('should explain every field', () => {
    expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
    for (const { name, help } of fields) expect(help?.length, name).toBeGreaterThan(5);
  });
});

/** Lines with everything the logger can put into one. */
async function sampleLines(): Promise<object[]> {
  const dir = mkdtempSync(join(tmpdir(), 'catalogue-'));
  const logging = initLogging({ service: 's', version: 'v', environment: 'e', levels: 'info', dir });
  const error = Object.assign(new Error('e', { cause: new Error('c') }), { code: 'C' });
  runInContext({ ...newContext(), parentSpanId: 'b7ad6b7169203331', requestId: 'r' }, () => {
    createLogger('Spec').error('m', { event: { action: 'a' }, anything: 1 }, error);
  });
  await logging.close();
  setLogLevels('warn');
  const [file] = readdirSync(dir).filter((name) => name.endsWith('.ndjson'));
  const lines = readFileSync(join(dir, file!), 'utf8').split('\n').slice(0, -1);
  rmSync(dir, { recursive: true });
  return lines.map((line) => JSON.parse(line) as object);
}

function leaves(prefix: string, value: object): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? leaves(`${prefix}${key}.`, inner as object)
      : [prefix + key],
  );
}
