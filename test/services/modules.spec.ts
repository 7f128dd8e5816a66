import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as contracts from '#libs/contracts';
import type { EventContract } from '#libs/contracts';
import { AmqpServer, OutboxRelay, type SideQueue } from '#libs/messaging';
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

const events = (Object.values(contracts) as unknown[]).filter(isEvent);

function isEvent(contract: unknown): contract is EventContract {
  return typeof contract === 'object' && contract !== null && 'type' in contract && contract.type === 'event';
}

/** What the module told its server and its relay. */
interface Hears {
  options: { events: EventContract[]; sideQueues: SideQueue[] };
}
interface Announces {
  options: { announces: EventContract[] };
}

/** Queue as a contract names it, and event. */
const pair = (queue: string, { name }: EventContract) => `${queue} hears ${name}`;

async function startModule(service: string): Promise<{ root: Type; sut: TestingModule }> {
  const file = join(repoRoot, 'services', service, 'src', `${service}.module.ts`);
  const exported = Object.values((await import(file)) as Record<string, Type>);
  const [root] = exported.filter((value) => typeof value === 'function' && value.name.endsWith('Module'));
  return { root: root!, sut: await Test.createTestingModule({ imports: [root!] }).compile() };
}

describe('root modules of the services', () => {
  beforeEach(() => {
    for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  // Neither compiler nor linter notices an injected class that was imported as a type; this does.
  it.each(SERVICES)('should give every class of $name what its constructor asks for', async ({ name }) => {
    const { root, sut } = await startModule(name);
    const providers = Reflect.getMetadata('providers', root) as unknown[] | undefined;
    const controllers = Reflect.getMetadata('controllers', root) as Type[] | undefined;
    for (const part of [...(providers ?? []), ...(controllers ?? [])]) {
      if (typeof part === 'function') expect(sut.get(part as Type, { strict: false })).toBeInstanceOf(part);
    }
  });

  it('should hear the events that name them, and announce their own', async () => {
    const heard: string[] = [];
    const announced: string[] = [];
    for (const { name: service } of SERVICES) {
      const { sut } = await startModule(service);
      const { options } = sut.get(AmqpServer, { strict: false }) as unknown as Hears;
      heard.push(...options.events.map((event) => pair(service, event)));
      for (const side of options.sideQueues) {
        heard.push(...side.events.map((event) => pair(`${service}.${side.name}`, event)));
      }
      const relay = sut.get(OutboxRelay, { strict: false }) as unknown as Announces;
      announced.push(...relay.options.announces.map(({ name }) => name));
    }
    expect(heard.sort()).toEqual(events.flatMap((event) => event.heardBy.map((queue) => pair(queue, event))).sort());
    // The gateway has no outbox; its visits have one hearer.
    const stored = events.filter(({ service }) => service !== 'gateway').map(({ name }) => name);
    expect(announced.sort()).toEqual(stored.sort());
  });
});
