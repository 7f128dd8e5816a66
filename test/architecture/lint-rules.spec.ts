import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameSpecs, ROOT, temporaryTree } from './planted-tree.js';

/** Every rule the project relies on, and exactly the planted files it must report. */
const PLANTED: Record<string, string[]> = {
  'typescript(no-floating-promises)': ['services/alpha/src/floating-promise.ts'],
  'typescript(no-misused-promises)': ['services/alpha/src/misused-promise.ts'],
  'typescript(await-thenable)': ['services/alpha/src/await-thenable.ts'],
  'typescript(no-explicit-any)': ['services/alpha/src/explicit-any.ts'],
  'typescript(only-throw-error)': ['services/alpha/src/throws-string.ts'],
  'typescript(return-await)': ['services/alpha/src/lost-catch.ts'],
  'typescript(switch-exhaustiveness-check)': ['services/alpha/src/missing-case.ts'],
  'eslint(eqeqeq)': ['services/alpha/src/loose-equality.ts'],
  'eslint(no-console)': ['services/alpha/src/console.ts'],
  'node(no-process-env)': ['services/alpha/src/process-env.ts'],
  'import(no-default-export)': ['services/alpha/src/default-export.ts'],
  'unicorn(filename-case)': ['services/alpha/src/CamelCase.ts'],
  'unicorn(prefer-node-protocol)': ['services/alpha/src/bare-builtin.ts'],
  'eslint(no-param-reassign)': ['services/alpha/src/reassigned-parameter.ts'],
  'eslint(max-lines)': ['services/alpha/src/too-long.ts'],
  'vitest(no-focused-tests)': ['services/alpha/test/focused.spec.ts'],
  'vitest(no-disabled-tests)': ['services/alpha/test/skipped.spec.ts'],
  'vitest(valid-title)': ['services/alpha/test/title.spec.ts'],
};

interface LintReport {
  diagnostics: Array<{ code: string; filename: string }>;
  number_of_files: number;
}

function lint(dir: string): Promise<LintReport> {
  const folders = ['services', 'compose', 'test'].filter((folder) => existsSync(join(dir, folder)));
  const oxlint = join(ROOT, 'node_modules/.bin/oxlint');
  return new Promise((resolve, reject) => {
    // A non-zero exit is the expected answer of a linter; only an answer that is no report is an error.
    execFile(
      oxlint,
      ['--type-aware', '--deny-warnings', '-f', 'json', ...folders],
      { cwd: dir },
      (error, stdout, stderr) => {
        try {
          resolve(JSON.parse(stdout) as LintReport);
        } catch {
          reject(new Error(`oxlint gave no report: ${stdout}${stderr}`, { cause: error }));
        }
      },
    );
  });
}

describe('.oxlintrc.json', () => {
  const trees: Array<{ remove(): Promise<void> }> = [];
  let reported: Map<string, string[]>;

  async function lintPlanted(name: string): Promise<LintReport> {
    const from = `test/architecture/fixtures/planted/lint/${name}`;
    const tree = await temporaryTree([{ from, to: '.' }]);
    trees.push(tree);
    await nameSpecs(tree.dir);
    return lint(tree.dir);
  }

  beforeAll(async () => {
    const { diagnostics } = await lintPlanted('violations');
    reported = new Map<string, string[]>();
    for (const { code, filename } of diagnostics) reported.set(code, [...(reported.get(code) ?? []), filename]);
  });

  afterAll(async () => {
    await Promise.all(trees.map((tree) => tree.remove()));
  });

  it.each(Object.entries(PLANTED))('should report %s where it was planted and nowhere else', (rule, files) => {
    expect(reported.get(rule) ?? []).toEqual(files);
  });

  it('should report nothing that was not planted', () => {
    expect([...reported.keys()].toSorted()).toEqual(Object.keys(PLANTED).toSorted());
  });

  it('should find nothing in a tree that keeps the rules', async () => {
    const report = await lintPlanted('clean');

    expect(report.diagnostics).toEqual([]);
    expect(report.number_of_files).toBeGreaterThanOrEqual(6);
  });
});
