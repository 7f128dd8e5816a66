import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../../compose/native/src/repo.js';
import { artefacts } from './artefacts.js';
import { RULES } from './prometheus/rule-file.js';
import { readCatalogue } from './signals/catalogue.js';

const catalogue = readCatalogue(repoRoot);
const sut = artefacts(catalogue);
const onDisk = (path: string) =>
  existsSync(join(repoRoot, path)) ? readFileSync(join(repoRoot, path), 'utf8') : undefined;

describe('generated files', () => {
  it('should be what the catalogue says; if not: npm run observability -- generate', () => {
    expect(sut.length).toBeGreaterThan(15);
    expect(sut.filter(({ path, text }) => onDisk(path) !== text).map(({ path }) => path)).toEqual([]);
  });

  it('should each be written by one generator', () => {
    expect(new Set(sut.map(({ path }) => path)).size).toBe(sut.length);
  });

  it('should be all there is in folders that are wholly generated', () => {
    const known = new Set(sut.map(({ path }) => path));
    const folders = [
      RULES,
      'observability/prometheus/tests',
      'observability/grafana/dashboards',
      'observability/kibana/api',
      'observability/kibana/rules',
      ...['component-templates', 'index-templates', 'lifecycles'].map((kind) => `observability/elasticsearch/${kind}`),
    ];
    const stray = folders.flatMap((folder) =>
      readdirSync(join(repoRoot, folder))
        .map((name) => `${folder}/${name}`)
        .filter((path) => !known.has(path)),
    );
    expect(stray).toEqual([]);
  });

  it('should change with what they are written from', () => {
    const [first, ...rest] = catalogue.alerts;
    const changed = artefacts({ ...catalogue, alerts: [{ ...first!, expr: 'up == 2' }, ...rest] });
    const different = changed.filter(({ path, text }) => onDisk(path) !== text).map(({ path }) => path);
    expect(different).toContain(`${RULES}/alerts.yml`);
  });
});
