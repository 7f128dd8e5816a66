import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './planted-tree.js';
import { packagesOf, projectFiles } from './source-files.js';

const FOLDERS = ['compose', 'deploy', 'docs', 'libs', 'observability', 'postman', 'services', 'test'];
const FILES = ['LICENSE', 'README.md', 'nest-cli.json', 'package-lock.json', 'package.json', 'tsconfig.json'];
const DOTFILES = [
  '.ci',
  '.dependency-cruiser.mjs',
  '.devcontainer',
  '.dockerignore',
  '.editorconfig',
  '.git',
  '.github',
  '.gitignore',
  '.npmrc',
  '.nvmrc',
  '.oxlintrc.json',
  '.prettierignore',
  '.prettierrc',
];
const GENERATED = ['node_modules', 'dist', 'coverage', '.mirante'];

const MAX_LINES = 300;
const SOURCE = /\.(ts|tsx|mts|js|mjs|css)$/;
const TEXT = /\.(ts|tsx|mts|js|mjs|css|json|ya?ml|md|sh|html|toml)$|(^|\/)[^.]+$/;

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** `path:line` of every line that the pattern matches. */
function linesMatching(files: string[], pattern: RegExp): string[] {
  return files.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

describe('layout of the repository', () => {
  const root = readdirSync(ROOT).filter((name) => !GENERATED.includes(name));
  const files = projectFiles();

  it('should have nothing at the root that is not agreed', () => {
    expect(root.filter((name) => ![...FOLDERS, ...FILES, ...DOTFILES].includes(name))).toEqual([]);
  });

  it('should have everything at the root that readers look for', () => {
    expect([...FOLDERS, ...FILES].filter((name) => !root.includes(name))).toEqual([]);
  });

  it('should look at the whole project', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files).toContain('libs/kernel/src/index.ts');
    expect(files).toContain('.oxlintrc.json');
  });

  it(`should keep every source file within ${MAX_LINES} lines`, () => {
    const long = files
      .filter((path) => SOURCE.test(path))
      .map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_LINES);

    expect(long).toEqual([]);
  });

  it.each([...packagesOf('libs'), ...packagesOf('services')])('should explain %s in a README', (folder) => {
    expect(existsSync(join(ROOT, folder, 'README.md'))).toBe(true);
  });

  it('should tell the Nest CLI of every service', () => {
    const { projects } = JSON.parse(read('nest-cli.json')) as { projects: Record<string, { sourceRoot: string }> };
    const services = packagesOf('services').filter((folder) => existsSync(join(ROOT, folder, 'src/main.ts')));

    expect(
      Object.values(projects)
        .map(({ sourceRoot }) => sourceRoot)
        .toSorted(),
    ).toEqual(services.map((folder) => `${folder}/src`).toSorted());
    expect(services.filter((folder) => !existsSync(join(ROOT, folder, 'tsconfig.app.json')))).toEqual([]);
  });

  it('should lock packages without naming the registry they came from', () => {
    const lock = read('package-lock.json');

    expect(lock).toContain('"lockfileVersion"');
    expect(lock).not.toMatch(/"resolved":/);
    expect(lock).not.toMatch(/\.tgz"/);
    expect(lock).not.toMatch(/registry\./);
  });

  it('should have no reminder that leads nowhere', () => {
    const pattern = /\b(TODO|FIXME|HACK)\b(?!.*https?:\/\/)/;
    const others = files.filter((path) => SOURCE.test(path) && !path.startsWith('test/architecture/'));

    expect(linesMatching(others, pattern)).toEqual([]);
  });

  it('should name no folder of the machine it was written on', () => {
    const pattern = /\/work\/|\/tmp\/dev\b|\/Users\/[a-z]/;

    expect(pattern.test(['', 'work', 'main'].join('/'))).toBe(true);
    expect(
      linesMatching(
        files.filter((path) => TEXT.test(path)),
        pattern,
      ),
    ).toEqual([]);
  });
});
