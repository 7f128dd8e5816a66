import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../../../compose/native/src/repo.js';
import { readKnowledge } from '../grafana/lint/read-knowledge.js';
import { runbookOf } from '../signals/alerts.js';
import { readCatalogue } from '../signals/catalogue.js';
import { burnAlertOf } from '../signals/slos.js';
import { ruleProblems } from './rule-problems.js';

const catalogue = readCatalogue(repoRoot);
const knowledge = readKnowledge(repoRoot, catalogue);
const severities = new Map([
  ...catalogue.alerts.map(({ name, severity }) => [name, severity] as const),
  ...catalogue.slos.map((slo) => [burnAlertOf(slo), 'page or ticket'] as const),
]);
const read = (page: string) => readFileSync(join(repoRoot, 'docs/runbooks', `${page}.md`), 'utf8');
const queriesIn = (text: string) => [...text.matchAll(/```promql\n([\s\S]*?)\n```/g)].map(([, expr]) => expr!);

describe.each([...severities])('runbook of %s', (name, severity) => {
  const sut = read(runbookOf(name));

  it('should say what it means, how to see it and what to do, in that order', () => {
    expect(sut.startsWith(`# ${name}\n\nSeverity: ${severity}\n`)).toBe(true);
    const headings = [...sut.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings.slice(0, 3)).toEqual(['What it means', 'How to see it', 'What to do']);
  });

  it('should ask for nothing that nobody shows', () => {
    const queries = queriesIn(sut);
    expect(queries.length).toBeGreaterThan(0);
    const rules = queries.map((expr) => ({ record: expr, expr }));
    expect(ruleProblems([{ name, rules }], knowledge)).toEqual([]);
  });
});

describe('index of the runbooks', () => {
  const sut = read('README');

  it('should list every alert once, with its severity, or with what is promised', () => {
    for (const { name, severity } of catalogue.alerts) {
      expect(sut.split(`| [${name}](${runbookOf(name)}.md) | ${severity} |`), name).toHaveLength(2);
    }
    for (const slo of catalogue.slos) {
      const name = burnAlertOf(slo);
      expect(sut.split(`| [${name}](${runbookOf(name)}.md) | ${slo.promise} |`), name).toHaveLength(2);
    }
  });
});
