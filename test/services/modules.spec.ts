import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repoRoot } from '../../compose/native/src/repo.js';
import { SERVICES } from '../../compose/native/src/services.js';

/** What the launcher gives every service; nothing is connected to. */
const ENVIRONMENT = {
  MIRANTE_AMQP_URL: 'amqp://user:password@127.0.0.1:5672',
  MIRANTE_BLOB_DIR: tmpdir(),
  MIRANTE_MYSQL_HOST: '127.0.0.1',
  MIRANTE_MYSQL_PORT: '3306',
  MIRANTE_MYSQL_USER: 'user',
  MIRANTE_MYSQL_PASSWORD: 'password',
  MIRANTE_MYSQL_DATABASE: 'database',
  MIRANTE_MYSQL_DIALECT: 'mariadb',
};

describe('root modules of the services', () => {
  beforeEach(() => {
    for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  // Neither compiler nor linter notices an injected class that was imported as a type; this does.
  it.each(SERVICES)('should give every class of $name what its constructor asks for', async ({ name }) => {
    const file = join(repoRoot, 'services', name, 'src', `${name}.module.ts`);
    const exported = Object.values((await import(file)) as Record<string, Type>);
    const [root] = exported.filter((value) => typeof value === 'function' && value.name.endsWith('Module'));
    const sut = await Test.createTestingModule({ imports: [root!] }).compile();
    const providers = Reflect.getMetadata('providers', root!) as unknown[] | undefined;
    const controllers = Reflect.getMetadata('controllers', root!) as Type[] | undefined;
    for (const part of [...(providers ?? []), ...(controllers ?? [])]) {
      if (typeof part === 'function') expect(sut.get(part as Type, { strict: false })).toBeInstanceOf(part);
    }
  });
});
