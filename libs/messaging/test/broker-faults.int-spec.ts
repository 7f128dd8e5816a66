import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Injectable } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '#libs/kernel';
import { health } from '#libs/observability';
import { eventually } from '#libs/testing';
import { startRabbitMq, type RabbitMqServer } from '../../../compose/native/src/servers/index.js';
import { HandleRpc, OnEvent } from '../src/index.js';
import { AmqpPublisher } from '../src/amqp-publisher.js';
import { plainClient } from './support/broker.js';
import { addNumbers, orderPlaced } from './support/contracts.js';
import { startTestService, type TestService } from './support/test-service.js';

let runs = 0;

@Controller()
class NumbersController {
  @HandleRpc(addNumbers)
  add({ a, b }: { a: number; b: number }): { sum: number } {
    runs++;
    return { sum: a + b };
  }
}

@Injectable()
class OrderConsumer {
  readonly done: number[] = [];
  gate: Promise<void> = Promise.resolve();

  @OnEvent(orderPlaced)
  async placed({ order }: { order: number }): Promise<void> {
    await this.gate;
    this.done.push(order);
  }
}

describe('a broker in trouble', () => {
  let dir: string;
  let broker: RabbitMqServer;
  let url: string;
  let sut: TestService;

  const start = (settings: { startWaitMs?: number } = {}) =>
    startTestService({
      url,
      events: [orderPlaced],
      rpc: [addNumbers],
      providers: [OrderConsumer],
      controllers: [NumbersController],
      settings: { rpcMaxInFlight: 20, heartbeatSeconds: 10, ...settings },
    });

  const call = (timeoutMs = 3_000) =>
    sut.client.call(addNumbers, { a: 1, b: 1 }, { timeoutMs }).then(
      () => 'ok',
      (error: unknown) => (error as CodedError).code,
    );

  const check = async (name: string) => (await health.snapshot()).checks.find((one) => one.name === name);

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'mirante-messaging-'));
    broker = await startRabbitMq({ dir, management: false });
    url = `amqp://${broker.user}:${broker.password}@127.0.0.1:${broker.amqpPort}`;
  }, 120_000);

  beforeEach(async () => {
    sut = await start();
    runs = 0;
  });

  afterEach(() => sut.close());

  afterAll(async () => {
    await broker?.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  it('should run no call whose caller has given up, when a frozen broker thaws (probe G)', async () => {
    expect(await call()).toBe('ok');
    broker.pause();
    let results: string[];
    try {
      results = await Promise.all(Array.from({ length: 50 }, () => call(500)));
    } finally {
      broker.resume();
    }
    expect(results.filter((code) => code === 'RPC.TIMEOUT')).toHaveLength(20);
    expect(results.filter((code) => code === 'RPC.OVERLOADED')).toHaveLength(30);
    // Calls are taken in order, so this one is answered after all the others were dropped.
    await eventually(async () => expect(await call()).toBe('ok'));
    expect(runs).toBe(2);
  });

  it('should fail fast while the memory alarm is on, go on consuming, and recover', async () => {
    const consumer = sut.get<OrderConsumer>(OrderConsumer);
    let open = () => {};
    consumer.gate = new Promise<void>((resolve) => (open = resolve));
    const plain = await plainClient(url);
    for (let order = 1; order <= 5; order++) await plain.publishEvent(orderPlaced, { order });
    await broker.ctl('set_vm_memory_high_watermark', '0.0001');
    try {
      // The broker says that it blocks only when something is published.
      await eventually(async () => expect(['RPC.BROKER_LOST', 'RPC.UNAVAILABLE']).toContain(await call()));
      const started = Date.now();
      expect(await call()).toBe('RPC.UNAVAILABLE');
      await expect(
        sut
          .get<AmqpPublisher>(AmqpPublisher)
          .publish({ exchange: 'events', routingKey: orderPlaced.name, content: Buffer.from('{}') }),
      ).rejects.toMatchObject({ reason: 'blocked' });
      expect(Date.now() - started).toBeLessThan(200);
      expect(await check('amqp publisher')).toMatchObject({ ok: true, detail: 'blocked' });
      open();
      await eventually(() => expect([...consumer.done].sort()).toEqual([1, 2, 3, 4, 5]));
      await eventually(async () => expect(await plain.depth('ev.shop')).toBe(0));
      expect(await check('amqp consumer ev.shop')).toMatchObject({ ok: true });
    } finally {
      await broker.ctl('set_vm_memory_high_watermark', '0.6');
    }
    await eventually(async () => expect(await call()).toBe('ok'), { timeoutMs: 10_000 });
    await plain.close();
  });

  it('should lose no confirmed event and come back by itself when the broker is killed (SIGKILL)', async () => {
    await broker.untilDurable('ev.shop');
    const consumer = sut.get<OrderConsumer>(OrderConsumer);
    let open = () => {};
    consumer.gate = new Promise<void>((resolve) => (open = resolve));
    const plain = await plainClient(url);
    const orders = Array.from({ length: 50 }, (_, i) => i);
    for (const order of orders) await plain.publishEvent(orderPlaced, { order });
    await broker.kill();
    await eventually(async () => expect((await check('amqp consumer ev.shop'))?.ok).toBe(false));
    await eventually(async () => expect((await check('amqp publisher'))?.ok).toBe(false));
    expect(await call()).toBe('RPC.UNAVAILABLE');
    open();
    await broker.start();
    await eventually(() => expect([...new Set(consumer.done)].sort((a, b) => a - b)).toEqual(orders), {
      timeoutMs: 30_000,
    });
    await eventually(async () => expect(await call()).toBe('ok'), { timeoutMs: 30_000 });
    await eventually(async () => expect((await check('amqp consumer ev.shop'))?.ok).toBe(true));
  }, 120_000);

  it('should start without a broker, say that it is not ready, and take the broker when it comes', async () => {
    await sut.close();
    await broker.stop();
    sut = await start({ startWaitMs: 200 });
    expect(await check('amqp consumer ev.shop')).toMatchObject({ ok: false });
    expect(await check('amqp publisher')).toMatchObject({ ok: false });
    await broker.start();
    await eventually(async () => expect((await check('amqp consumer ev.shop'))?.ok).toBe(true), { timeoutMs: 30_000 });
    await eventually(async () => expect(await call()).toBe('ok'), { timeoutMs: 30_000 });
  }, 120_000);
});
