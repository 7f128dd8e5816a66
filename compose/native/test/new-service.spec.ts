import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectFiles } from '../../../test/architecture/source-files.js';
import { ROOT, temporaryTree } from '../../../test/architecture/planted-tree.js';
import { createService } from '../src/new-service.js';

const NAME = 'photo-albums';

/** What the generator reads or changes, and what the result is checked with. */
const COPIED = [
  'libs',
  'compose/native',
  'services/tsconfig.json',
  'test/vitest.config.ts',
  'test/services',
  'package-lock.json',
  'nest-cli.json',
];

/** Runs one of the project's tools and gives what it printed, so that a failure shows the reason. */
function runTool(dir: string, tool: string, args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(join(ROOT, 'node_modules/.bin', tool), args, { cwd: dir, env }, (error, stdout, stderr) => {
      resolve({ code: error ? 1 : 0, output: `${stdout}${stderr}` });
    });
  });
}

describe(createService.name, () => {
  let tree: Awaited<ReturnType<typeof temporaryTree>>;
  let made: Awaited<ReturnType<typeof createService>>;

  const read = (path: string) => readFileSync(join(tree.dir, path), 'utf8');
  const contents = () => Object.fromEntries(projectFiles(tree.dir, tree.dir).map((path) => [path, read(path)]));

  beforeAll(async () => {
    tree = await temporaryTree(COPIED.map((path) => ({ from: path, to: path })));
    made = await createService(NAME, tree.dir, 1_800_000_000_000);
  });

  afterAll(() => tree.remove());

  it('should create the service, its contract and its entries', () => {
    expect(made.created).toEqual(
      expect.arrayContaining([
        'libs/contracts/src/photo-albums.contract.ts',
        'services/photo-albums/README.md',
        'services/photo-albums/src/main.ts',
        'services/photo-albums/src/migrations/1800000000000-create-messaging-tables.ts',
        'services/photo-albums/src/photo-albums.module.ts',
      ]),
    );
    expect(JSON.parse(read('nest-cli.json'))).toHaveProperty(`projects.${NAME}.root`, 'services/photo-albums');
    expect(read('compose/native/src/services.ts')).toContain(`'${NAME}'`);
    expect(read('libs/contracts/src/index.ts')).toContain('makePhotoAlbumsGreeting');
  });

  it('should leave no placeholder behind', () => {
    const text = made.created.map((path) => path + read(path)).join('\n');

    expect(text).not.toMatch(/__(name|Name|camel|CONST|epoch)__/);
  });

  it('should keep main.ts within ten lines', () => {
    expect(read('services/photo-albums/src/main.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(10);
  });

  it('should be built like the other services', () => {
    const gateway = readFileSync(join(ROOT, 'services/gateway/tsconfig.app.json'), 'utf8');

    expect(JSON.parse(read(`services/${NAME}/tsconfig.app.json`))).toEqual(JSON.parse(gateway));
  });

  it('should be formatted', async () => {
    expect(await runTool(tree.dir, 'prettier', ['--check', ...made.created, ...made.changed])).toMatchObject({
      code: 0,
    });
  });

  it('should have the right types', { timeout: 120_000 }, async () => {
    // The whole project's settings, for the new folder and what it imports.
    const config = { extends: './tsconfig.json', include: [`services/${NAME}`] };
    writeFileSync(join(tree.dir, 'tsconfig.new.json'), JSON.stringify(config));
    const { output } = await runTool(tree.dir, 'tsc', ['-p', 'tsconfig.new.json']);

    expect(output).toBe('');
  });

  it('should pass the linter', { timeout: 60_000 }, async () => {
    const { output } = await runTool(tree.dir, 'oxlint', [
      '--type-aware',
      '--deny-warnings',
      'services',
      'libs/contracts',
    ]);

    expect(output).toContain('Found 0 warnings and 0 errors');
  });

  it('should keep the import rules', { timeout: 60_000 }, async () => {
    const { output } = await runTool(tree.dir, 'depcruise', [
      '--config',
      '.dependency-cruiser.mjs',
      'services',
      'libs',
    ]);

    expect(output.split('\n').filter((line) => line.includes(NAME))).toEqual([]);
    expect(output).toMatch(/modules,.*dependencies cruised/);
  });

  it('should pass its own tests', { timeout: 120_000 }, async () => {
    const args = ['run', '-c', 'test/vitest.config.ts', '--project', 'unit', 'services/photo-albums'];
    const { code, output } = await runTool(tree.dir, 'vitest', args);

    expect(output).toMatch(/Test Files +1 passed \(1\)/);
    expect(code).toBe(0);
  });

  it('should pass the tests of all services', { timeout: 120_000 }, async () => {
    const args = ['run', '-c', 'test/vitest.config.ts', '--project', 'unit', 'test/services', '-t', NAME];
    const { code, output } = await runTool(tree.dir, 'vitest', args);

    expect(output).toMatch(/Tests +1 passed/);
    expect(code).toBe(0);
  });

  it.each([
    [NAME, /services\/photo-albums exists already/],
    ['PhotoAlbums', /is no name for a service/],
    ['photo_albums', /is no name for a service/],
    ['-photo', /is no name for a service/],
    ['photo-2', /is no name for a service/],
    ['../photo', /is no name for a service/],
    ['', /is no name for a service/],
    ['a'.repeat(21), /at most 20 letters/],
    ['system', /already has a meaning/],
  ])('should refuse %j and change nothing', async (name, message) => {
    const before = contents();

    await expect(createService(name, tree.dir)).rejects.toThrow(message);
    expect(contents()).toEqual(before);
  });

  it('should refuse a name whose contract exists and change nothing', async () => {
    cpSync(
      join(tree.dir, 'libs/contracts/src/photo-albums.contract.ts'),
      join(tree.dir, 'libs/contracts/src/songs.contract.ts'),
    );
    const before = contents();

    await expect(createService('songs', tree.dir)).rejects.toThrow(/songs\.contract\.ts exists already/);
    expect(contents()).toEqual(before);
  });
});
