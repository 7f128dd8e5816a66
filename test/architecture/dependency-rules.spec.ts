import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { beforeAll, describe, expect, it } from 'vitest';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Every rule, and exactly the planted files it must report. */
const PLANTED: Record<string, string[]> = {
  'lib-matrix-kernel': ['libs/kernel/src/breaks-matrix.ts'],
  'lib-matrix-contracts': ['libs/contracts/src/breaks-matrix.ts'],
  'lib-matrix-config': ['libs/config/src/breaks-matrix.ts'],
  'lib-matrix-observability': ['libs/observability/src/breaks-matrix.ts'],
  'lib-matrix-faults': ['libs/faults/src/breaks-matrix.ts'],
  'lib-matrix-messaging': ['libs/messaging/src/breaks-matrix.ts'],
  'lib-matrix-persistence': ['libs/persistence/src/breaks-matrix.ts'],
  'lib-matrix-blobs': ['libs/blobs/src/breaks-matrix.ts'],
  'lib-matrix-egress': ['libs/egress/src/breaks-matrix.ts'],
  'lib-matrix-jobs': ['libs/jobs/src/breaks-matrix.ts'],
  'lib-matrix-service-kit': ['libs/service-kit/src/breaks-matrix.ts'],
  'lib-matrix-testing': ['libs/testing/src/breaks-matrix.ts'],
  'lib-in-matrix': ['libs/novel/src/not-in-matrix.ts'],
  'wrapped-by-messaging': ['services/alpha/src/amqp.ts'],
  'wrapped-by-observability': ['services/alpha/src/logger.ts'],
  'wrapped-by-persistence': ['services/alpha/src/pool.ts'],
  'wrapped-by-egress': ['services/alpha/src/fetcher.ts'],
  'service-to-service': ['services/alpha/src/reaches-beta.ts'],
  'lib-to-service': ['compose/native/src/imports-service.ts', 'libs/service-kit/src/knows-alpha.ts'],
  'contracts-leaf': ['libs/contracts/src/breaks-matrix.ts', 'libs/contracts/src/uses-node.ts'],
  'kernel-leaf': ['libs/kernel/src/breaks-matrix.ts', 'libs/kernel/src/uses-zod.ts'],
  'lib-front-door': ['services/alpha/src/back-door.ts'],
  'lib-front-door-between-libs': ['libs/config/src/back-door.ts'],
  'domain-is-pure': ['services/alpha/src/reports/impure.domain.ts'],
  'typeorm-only-in-persistence': ['services/alpha/src/reports/reports.service.ts'],
  'entry-point-to-storage': ['services/alpha/src/reports/reports.controller.ts'],
  'shipped-to-testing': ['services/alpha/src/uses-testing.ts'],
  'shipped-to-test-code': ['services/alpha/src/uses-factory.ts'],
  'launcher-only-for-tests': ['services/alpha/src/starts-servers.ts'],
  'shipped-to-dev-dependency': ['services/alpha/src/dev-dependency.ts'],
  'unlisted-package': ['services/alpha/src/unlisted.ts'],
  unresolvable: ['services/alpha/src/unresolvable.ts'],
  'no-circular': ['services/alpha/src/cycle-a.ts'],
  'no-orphans': ['services/alpha/src/orphan.ts'],
};

/** Runs the project's own rules over a small tree that is laid out like the project. */
async function violationsIn(tree: string): Promise<Map<string, string[]>> {
  const baseDir = here(`fixtures/planted/dependencies/${tree}`);
  const options = await extractDepcruiseOptions(here('../../.dependency-cruiser.mjs'));
  const { output } = await cruise(
    ['services', 'libs', 'compose'],
    { ...options, baseDir, outputType: undefined },
    options.enhancedResolveOptions,
    { tsConfig: extractTSConfig(`${baseDir}/tsconfig.json`) },
  );
  const found = new Map<string, string[]>();
  for (const { rule, from } of (output as ICruiseResult).summary.violations) {
    found.set(rule.name, [...new Set([...(found.get(rule.name) ?? []), from])].toSorted());
  }
  return found;
}

describe('.dependency-cruiser.mjs', () => {
  let violations: Map<string, string[]>;

  beforeAll(async () => {
    violations = await violationsIn('violations');
  });

  it('should have a planted violation for every rule', async () => {
    const options = await extractDepcruiseOptions(here('../../.dependency-cruiser.mjs'));
    const rules = (options.ruleSet?.forbidden ?? []).map((rule) => rule.name ?? '');

    expect(rules.toSorted()).toEqual(Object.keys(PLANTED).toSorted());
  });

  it.each(Object.entries(PLANTED))('should report %s where it was planted and nowhere else', (rule, files) => {
    expect(violations.get(rule) ?? []).toEqual(files);
  });

  it('should find nothing in a tree that keeps the rules', async () => {
    expect(Object.fromEntries(await violationsIn('clean'))).toEqual({});
  });
});
