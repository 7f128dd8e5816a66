import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../native/src/repo.js';
import { BASE } from './model/our-files.js';

const OURS = join(repoRoot, 'deploy/docker/Dockerfile');
const offline = readdirSync(join(repoRoot, 'compose/offline'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('Dockerfile'))
  .map((name) => join(repoRoot, 'compose/offline', name));

/** Instructions with their continuation lines, without comments. */
function instructions(text: string): Array<{ name: string; rest: string }> {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ name: line.split(' ')[0]!, rest: line.slice(line.indexOf(' ') + 1).trim() }));
}

describe('every Dockerfile', () => {
  it.each([OURS, ...offline])('should be valid: %s', (file) => {
    expect(validate(readFileSync(file, 'utf8')).map(({ message }) => message)).toEqual([]);
  });

  it('should be noticed when it is not', () => {
    expect(validate('FROM node\nMAINTAINER me\nCOPPY a b\n').length).toBeGreaterThan(1);
  });
});

describe('the image of the services', () => {
  const text = readFileSync(OURS, 'utf8');
  const sut = instructions(text);
  const last = (name: string) => sut.findLast((instruction) => instruction.name === name)!.rest;

  it('should ask no registry for a front end', () => {
    expect(text).not.toMatch(/^#\s*syntax=/im);
  });

  it('should be built on an image that is pinned by digest and can be replaced', () => {
    expect(sut[0]).toEqual({
      name: 'ARG',
      rest: expect.stringMatching(/^NODE_IMAGE=node:24-bookworm-slim@sha256:[0-9a-f]{64}$/) as string,
    });
    const stages = sut.filter(({ name }) => name === 'FROM').map(({ rest }) => rest);
    expect(stages[0]).toBe(`\${NODE_IMAGE} AS base`);
    // Build and run time share Node and libc: native packages are made for one of each.
    expect(stages.slice(1).every((stage) => /^(base|packages) AS /.test(stage))).toBe(true);
  });

  it('should have the same default in the compose file', () => {
    const { databases } = (
      parse(readFileSync(BASE, 'utf8')) as { services: Record<string, { build: { args: Record<string, string> } }> }
    ).services;
    expect(databases!.build.args['NODE_IMAGE']).toBe(
      `\${MIRANTE_NODE_IMAGE:-${sut[0]!.rest.replace('NODE_IMAGE=', '')}}`,
    );
  });

  it('should run as a user without rights', () => {
    expect(last('USER')).toBe('node');
  });

  it('should install what the lock file says, without scripts, and ship no tools of the build', () => {
    expect(text).toMatch(/npm ci --ignore-scripts/);
    expect(text).toMatch(/npm prune --omit=dev --ignore-scripts/);
    const runtime = text.slice(text.indexOf('AS runtime'));
    expect(runtime).toContain('COPY --from=shipped-packages /app/node_modules node_modules');
    expect(runtime).not.toMatch(/npm |apt-get|curl /);
  });

  it('should keep the certificate of the network out of every layer', () => {
    expect(sut.filter(({ rest }) => rest.includes('NODE_EXTRA_CA_CERTS'))).toEqual([
      { name: 'RUN', rest: expect.stringContaining('--mount=type=secret,id=ca') as string },
    ]);
    expect(sut.filter(({ name, rest }) => (name === 'COPY' || name === 'ADD') && /\.(pem|crt)/.test(rest))).toEqual([]);
  });

  it('should leave secrets and clutter out of the build', () => {
    const ignored = readFileSync(join(repoRoot, '.dockerignore'), 'utf8').split('\n');
    for (const name of ['.git', '.mirante', 'node_modules', 'dist', '**/*.env', '**/.env'])
      expect(ignored).toContain(name);
  });
});
