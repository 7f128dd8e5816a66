import 'reflect-metadata';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, loadConfig } from '#libs/config';
import { serviceConfigSchema } from '#libs/service-kit';
import { loadCompose } from '../../compose/test/model/compose-model.js';
import { BASE, filledExample, OBSERVABILITY } from '../../compose/test/model/our-files.js';
import { databasesJob, migrationEnvironments } from '../../compose/native/src/containers/jobs.config.js';
import { repoRoot } from '../../compose/native/src/repo.js';
import { SERVICES } from '../../compose/native/src/services.js';
import { accountOf } from '../../compose/native/src/stack/database-accounts.js';
import { simulatorConfigSchema } from '../simulators/x/simulator.config.js';

const both = loadCompose([BASE, OBSERVABILITY], filledExample());
const variants = [
  { files: 'compose.yaml', services: loadCompose([BASE], filledExample()).services },
  { files: 'compose.yaml and compose.observability.yaml', services: both.services },
];

/** Takes away every variable of ours that the test run itself has. */
function onlyThese(env: Record<string, string>): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('MIRANTE_')) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, String(value));
}

/** Reads the configuration as the start of the service does: by making every provider of its root module. */
async function startLoading(service: string): Promise<void> {
  loadConfig(serviceConfigSchema);
  const file = join(repoRoot, 'services', service, 'src', `${service}.module.ts`);
  const exported = Object.values((await import(file)) as Record<string, Type>);
  const root = exported.find((value) => typeof value === 'function' && value.name.endsWith('Module'));
  await Test.createTestingModule({ imports: [root!] }).compile();
}

/** Names of all variables that the libraries and a service read. */
function knownVariables(service: string): Set<string> {
  const folders = ['libs', join('services', service)].map((folder) => join(repoRoot, folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.config.ts'))
      .map((name) => join(folder, name)),
  );
  const names = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^\s+(MIRANTE_[A-Z0-9_]+):/gm)]);
  return new Set(names.map(([, name]) => name!));
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(variants)('the environment in $files', ({ services }) => {
  it.each(SERVICES)('should be all that $name needs to start', async ({ name }) => {
    onlyThese(services[name]!.environment!);
    await expect(startLoading(name)).resolves.toBeUndefined();
  });

  it.each(SERVICES)('should hold nothing that $name does not know', ({ name }) => {
    const known = knownVariables(name);
    const given = Object.keys(services[name]!.environment!).filter((variable) => variable.startsWith('MIRANTE_'));
    expect(given.filter((variable) => !known.has(variable))).toEqual([]);
  });
});

describe('the environment of a container', () => {
  it.each(SERVICES.filter(({ needs }) => needs.includes('mysql')))(
    'should be missed when a variable of $name is gone',
    async ({ name }) => {
      const { MIRANTE_MYSQL_PASSWORD: _, ...rest } = both.services[name]!.environment!;
      onlyThese(rest);
      await expect(startLoading(name)).rejects.toThrow(ConfigError);
    },
  );

  it.each(SERVICES)('should give $name the account and schema that are made for it', ({ name }) => {
    const { MIRANTE_MYSQL_USER: user, MIRANTE_MYSQL_PASSWORD: password } = both.services[name]!.environment!;
    const job = databasesJob(both.services['databases']!.environment!);
    expect(user).toBe(accountOf(name, 'runtime'));
    expect(password).toBe(job.accounts[name]!.runtime);
  });

  it('should be enough for the jobs and the simulator', () => {
    const migrations = migrationEnvironments(both.services['migrate']!.environment!);
    expect([...migrations.keys()].sort()).toEqual(SERVICES.map(({ name }) => name).sort());
    const given = { MIRANTE_X_BEARER_TOKEN: 'a credential' };
    expect(() =>
      loadConfig(simulatorConfigSchema, { ...both.services['x-simulator']!.environment, ...given }),
    ).not.toThrow();
  });

  it('should not show a service the account that may change its schema', () => {
    const ddl = Object.entries(filledExample()).filter(([name]) => name.includes('_DDL_'));
    for (const { name } of SERVICES) {
      const values = Object.values(both.services[name]!.environment!);
      for (const [, secret] of ddl) expect(values).not.toContain(secret);
    }
  });

  it('should have a container for every service the launcher knows', () => {
    expect(Object.keys(both.services)).toEqual(expect.arrayContaining(SERVICES.map(({ name }) => name)));
  });
});
