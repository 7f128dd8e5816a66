import { defineConfig } from 'vitest/config';

// Vitest hands these to Node. `import` must not be among them: a package's own require() would then load its ESM half.
const conditions = ['source', 'node'];

// Nest reads constructor types at run time; the transformer has to emit them.
const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node'] } },
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
};

const roots = ['libs', 'services', 'observability', 'compose', 'test'];
const files = (suffix: string) => roots.map((root) => `${root}/**/*.${suffix}.ts`);

const tests = {
  root: new URL('..', import.meta.url).pathname,
  environment: 'node',
  pool: 'forks' as const,
  retry: 0,
  exclude: ['**/node_modules/**', 'dist/**', '.mirante/**'],
};

export default defineConfig({
  ...shared,
  root: tests.root,
  test: {
    // Most tests wait for servers most of the time; Vitest itself would leave one of two cores idle.
    maxWorkers: 2,
    projects: [
      {
        ...shared,
        // Computation takes its time when all cores are at work.
        test: { ...tests, name: 'unit', include: files('spec'), testTimeout: 30_000 },
      },
      {
        ...shared,
        test: {
          ...tests,
          name: 'integration',
          include: files('int-spec'),
          globalSetup: ['test/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          ...tests,
          name: 'e2e',
          include: files('e2e-spec'),
          globalSetup: ['test/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
