import { Controller, Injectable } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sleep } from '#libs/kernel';
import { health } from '#libs/observability';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { AmqpServer, HandleRpc, OnEvent, OnEventBatch, type EventItem } from '../src/index.js';
import { AmqpPublisher } from '../src/amqp-publisher.js';
import { cancelledConsumers } from '../src/messaging.metrics.js';
import type { QueueConsumer } from '../src/queue-consumer.js';
import { plainClient, type PlainClient } from './support/broker.js';
import { addIdempotent, addNumbers, orderPaid, orderPlaced } from './support/contracts.js';
import { tcpProxy, type TcpProxy } from './support/tcp-proxy.js';
import { startTestService, type TestService } from './support/test-service.js';

@Injectable()
class OrderConsumer {
  started: number[] = [];
  done: number[] = [];
  work: (order: number) => Promise<unknown> | void = () => undefined;

  @OnEvent(orderPlaced, { concurrency: 2 })
  async placed({ order }: { order: number }): Promise<void> {
    this.started.push(order);
    await this.work(order);
    this.done.push(order);
  }
}

@Injectable()
class KilledConsumer extends OrderConsumer {
  // To the broker, a process that dies looks like one that closes without settling.
  override work = async (order: number) => {
    await (order === 1 ? new Promise(() => undefined) : sleep(20));
  };
}

@Injectable()
class BatchConsumer {
  started: number[] = [];
  done: number[] = [];
  work: () => Promise<unknown> | void = () => undefined;

  @OnEventBatch(orderPaid, { maxItems: 2, maxWaitMs: 10 })
  async paid(items: Array<EventItem<{ order: number }>>): Promise<void> {
    const orders = items.map(({ payload }) => payload.order);
    this.started.push(...orders);
    await this.work();
    this.done.push(...orders);
  }
}

let lookDelayMs = 0;
let looks = 0;
const UNTIL_RELEASED = -1;
let releaseCalls = () => {};
const released = new Promise<void>((resolve) => (releaseCalls = resolve));

@Controller()
class NumbersController {
  @HandleRpc(addNumbers)
  async add({ a, b }: { a: number; b: number }): Promise<{ sum: number }> {
    await (b === UNTIL_RELEASED ? released : sleep(b));
    return { sum: a + b };
  }

  @HandleRpc(addIdempotent)
  async look({ a }: { a: number }): Promise<{ a: number }> {
    looks++;
    await sleep(lookDelayMs);
    return { a };
  }
}

describe('recovery', () => {
  let vhost: TestVhost;
  let sut: TestService;
  let plain: PlainClient;
  let consumer: OrderConsumer;

  const start = () =>
    startTestService({
      url: vhost.amqpUrl,
      events: [orderPlaced, orderPaid],
      rpc: [addNumbers, addIdempotent],
      providers: [OrderConsumer, BatchConsumer],
      controllers: [NumbersController],
    });

  /** A second service whose wire to the broker the test holds; its calls go to `shop`. */
  const overProxy = async (work: (proxy: TcpProxy, service: TestService) => Promise<void>) => {
    const proxy = await tcpProxy(vhost.amqpUrl);
    const service = await startTestService({
      url: proxy.url,
      service: 'proxied',
      events: [orderPlaced],
      providers: [OrderConsumer],
      settings: { heartbeatSeconds: 1 },
    });
    try {
      await work(proxy, service);
    } finally {
      await service.close();
      await proxy.close();
    }
  };

  const consumerOf = (queue: string) => {
    const consumers = sut.get<AmqpServer>(AmqpServer).unwrap<QueueConsumer[]>();
    return consumers.find((one) => one.queue === queue)!;
  };

  const check = async (name: string) => (await health.snapshot()).checks.find((one) => one.name === name);

  beforeAll(async () => {
    vhost = await createTestVhost();
    plain = await plainClient(vhost.amqpUrl);
  });

  beforeEach(async () => {
    lookDelayMs = 0;
    looks = 0;
    sut = await start();
    consumer = sut.get(OrderConsumer);
  });

  afterEach(async () => {
    await sut.close();
    await plain.channel.purgeQueue('ev.shop');
  });

  afterAll(async () => {
    await plain?.close();
    await vhost?.delete();
  });

  it('should consume again after its queues were deleted (probe A)', async () => {
    const cancelled: unknown[] = [];
    const count = vi.spyOn(cancelledConsumers, 'inc').mockImplementation((labels) => cancelled.push(labels?.queue));
    await plain.publishEvent(orderPlaced, { order: 1 });
    await eventually(() => expect(consumer.done).toEqual([1]));
    // A queue declared again within milliseconds of its deletion is a trap of its own: see topologyForQueue.
    await eventually(() => !(consumerOf('ev.shop') as unknown as { widening: boolean }).widening);
    for (const queue of ['ev.shop', 'rpc.shop']) await plain.channel.deleteQueue(queue);
    await eventually(() => expect(cancelled.sort()).toEqual(['ev.shop', 'rpc.shop']));
    await eventually(async () => expect(await plain.consumers('ev.shop')).toBe(1), { timeoutMs: 10_000 });
    count.mockRestore();
    await plain.publishEvent(orderPlaced, { order: 2 });
    await eventually(() => expect(consumer.done).toEqual([1, 2]));
    expect(await sut.client.call(addNumbers, { a: 1, b: 1 })).toEqual({ sum: 2 });
  });

  it('should notice and repair a consumer the broker does not know (deaf)', async () => {
    const deaf = consumerOf('ev.shop');
    // What a lost cancel notification looks like: we believe in a consumer that is gone.
    const { channel, tag } = deaf as unknown as { channel: { cancel(tag: string): Promise<unknown> }; tag: string };
    await channel.cancel(tag);
    expect(deaf.isConsuming).toBe(true);
    await plain.publishEvent(orderPlaced, { order: 5 });
    await eventually(() => expect(consumer.done).toEqual([5]), { timeoutMs: 5_000 });
  });

  it('should not be ready while a consumer cannot be had, and be ready again afterwards', async () => {
    const name = 'amqp consumer ev.clash';
    // A queue of the same name with other arguments: ours cannot be declared.
    await plain.channel.assertQueue('ev.clash', { durable: true });
    const options = { url: vhost.amqpUrl, service: 'clash', events: [orderPlaced], providers: [OrderConsumer] };
    const service = await startTestService({ ...options, settings: { startWaitMs: 300 } });
    try {
      expect(await check(name)).toMatchObject({ ok: false, detail: expect.stringContaining('PRECONDITION') as string });
      await plain.channel.deleteQueue('ev.clash');
      await eventually(async () => expect(await check(name)).toMatchObject({ ok: true }), { timeoutMs: 10_000 });
    } finally {
      await service.close();
    }
  });

  it('should settle calls at once when their connection is cut, and work again (probe B)', async () => {
    const call = sut.client.call(addNumbers, { a: 1, b: UNTIL_RELEASED }, { timeoutMs: 30_000 });
    const failure = call.catch((error: unknown) => error);
    await eventually(() => expect(consumerOf('rpc.shop').inFlight).toBe(1));
    await cutConnections(vhost, 'shop publish');
    expect(await failure).toMatchObject({ code: 'RPC.BROKER_LOST', kind: 'unavailable' });
    releaseCalls();
    await eventually(async () => expect(await sut.client.call(addNumbers, { a: 2, b: 3 })).toEqual({ sum: 5 }));
  });

  it('should repeat an idempotent call once after a cut', async () => {
    await overProxy(async (proxy, service) => {
      lookDelayMs = 300;
      const call = service.client.call(addIdempotent, { a: 7 }, { timeoutMs: 20_000 });
      await eventually(() => expect(looks).toBe(1));
      proxy.cut();
      expect(await call).toEqual({ a: 7 });
      expect(looks).toBeGreaterThan(1);
    });
  });

  it('should not repeat other calls', async () => {
    await overProxy(async (proxy, service) => {
      const call = service.client.call(addNumbers, { a: 1, b: 300 });
      const failure = call.catch((error: unknown) => error);
      await sleep(100);
      proxy.cut();
      expect(await failure).toMatchObject({ code: 'RPC.BROKER_LOST' });
    });
  });

  it('should deliver again what a cut connection had in its hands', async () => {
    await overProxy(async (proxy, service) => {
      const orders = service.get<OrderConsumer>(OrderConsumer);
      orders.work = () => {
        if (orders.started.length === 1) proxy.cut();
      };
      await plain.publishEvent(orderPlaced, { order: 1 });
      await eventually(() => expect(orders.done).toEqual([1, 1]), { timeoutMs: 15_000 });
      await eventually(async () => expect(await plain.depth('ev.proxied')).toBe(0));
    });
  });

  it('should notice a wire that lets nothing through within two heartbeats', async () => {
    await overProxy(async (proxy, service) => {
      proxy.freeze();
      const call = service.client.call(addNumbers, { a: 1, b: 0 }, { timeoutMs: 500 });
      await expect(call).rejects.toMatchObject({ code: 'RPC.TIMEOUT' });
      await eventually(async () => expect(await check('amqp publisher')).toMatchObject({ ok: false }), {
        timeoutMs: 15_000,
      });
      await eventually(async () => expect(await check('amqp consumer ev.proxied')).toMatchObject({ ok: false }), {
        timeoutMs: 15_000,
      });
      await expect(service.client.call(addNumbers, { a: 1, b: 0 })).rejects.toMatchObject({ code: 'RPC.UNAVAILABLE' });
      proxy.cut();
      await eventually(async () => expect(await service.client.call(addNumbers, { a: 1, b: 0 })).toEqual({ sum: 1 }), {
        timeoutMs: 20_000,
      });
    });
  });

  it('should lose one channel only on a channel error (probe I)', async () => {
    const { channel } = consumerOf('ev.shop') as unknown as { channel: { ack(message: unknown): void } };
    const rpcChannel = (consumerOf('rpc.shop') as unknown as { channel: unknown }).channel;
    // An acknowledgement of a delivery that never was is an error of the channel.
    channel.ack({ fields: { deliveryTag: 4_711 } });
    await eventually(() => {
      const now = (consumerOf('ev.shop') as unknown as { channel: unknown }).channel;
      return now !== undefined && now !== channel;
    });
    await eventually(() => consumerOf('ev.shop').isConsuming);
    expect((consumerOf('rpc.shop') as unknown as { channel: unknown }).channel).toBe(rpcChannel);
    for (const order of [1, 2, 3]) await plain.publishEvent(orderPlaced, { order });
    await eventually(() => expect([...consumer.done].sort()).toEqual([1, 2, 3]));
  });

  it('should finish what runs and leave the rest to others when it closes (probe F)', async () => {
    await plain.publishEvent(orderPlaced, { order: 0 });
    await eventually(() => expect(consumer.done).toEqual([0]));
    consumer.work = () => sleep(400);
    for (const order of [1, 2, 3, 4]) await plain.publishEvent(orderPlaced, { order });
    await eventually(() => expect(consumer.started).toHaveLength(3));
    const started = Date.now();
    await sut.close();
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(consumer.done.sort()).toEqual([0, 1, 2]);
    await eventually(async () => expect(await plain.depth('ev.shop')).toBe(2));
  });

  it('should finish the batch that runs and give back the others when it closes', async () => {
    const batches = sut.get<BatchConsumer>(BatchConsumer);
    await plain.publishEvent(orderPaid, { order: 0 });
    await eventually(() => expect(batches.done).toEqual([0]));
    batches.work = () => sleep(300);
    for (const order of [1, 2, 3, 4]) await plain.publishEvent(orderPaid, { order });
    await eventually(() => expect(batches.started.length).toBeGreaterThan(1));
    await sut.close();
    const kept = batches.started.length - 1;
    expect(batches.done).toHaveLength(batches.started.length);
    await eventually(async () => expect(await plain.depth('ev.shop')).toBe(4 - kept));
  });

  it('should park what kills its consumer, and only that', async () => {
    await sut.close();
    for (let order = 1; order <= 8; order++) await plain.publishEvent(orderPlaced, { order });
    const handled: number[] = [];
    for (let life = 1; life <= 6; life++) {
      sut = await startTestService({
        url: vhost.amqpUrl,
        events: [orderPlaced],
        providers: [KilledConsumer, { provide: OrderConsumer, useExisting: KilledConsumer }],
        settings: { drainGraceMs: 0 },
      });
      consumer = sut.get(OrderConsumer);
      if (life < 6) {
        await eventually(() => expect(consumer.started).toContain(1));
        await sut.close();
      } else {
        await eventually(() => expect([...handled, ...consumer.done].sort()).toEqual([2, 3, 4, 5, 6, 7, 8]));
      }
      handled.push(...consumer.done);
    }
    await eventually(async () => expect(await plain.depth('parking')).toBe(1));
    const parked = await plain.take('parking');
    expect(parked && parked.properties.headers).toMatchObject({ 'x-error-code': 'EVENT.CRASH_LOOP' });
    expect(parked && JSON.parse(parked.content.toString())).toMatchObject({ data: { order: 1 } });
  });

  it('should not wait for a handler that hangs longer than the grace', async () => {
    await sut.close();
    sut = await startTestService({
      url: vhost.amqpUrl,
      events: [orderPlaced],
      providers: [OrderConsumer],
      settings: { drainGraceMs: 200 },
    });
    consumer = sut.get(OrderConsumer);
    consumer.work = () => new Promise(() => undefined);
    await plain.publishEvent(orderPlaced, { order: 1 });
    await eventually(() => expect(consumer.started).toEqual([1]));
    const started = Date.now();
    await sut.close();
    expect(Date.now() - started).toBeLessThan(5_000);
    await eventually(async () => expect(await plain.depth('ev.shop')).toBe(1));
  });

  it('should report a publish nobody takes and one the broker refuses (probes C and D)', async () => {
    const publisher = sut.get<AmqpPublisher>(AmqpPublisher);
    const content = Buffer.from('{}');
    await expect(
      publisher.publish({ exchange: 'events', routingKey: 'nobody.listens', content }),
    ).rejects.toMatchObject({ reason: 'unroutable' });
    await plain.channel.assertQueue('full', {
      durable: true,
      arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
    });
    await publisher.publish({ exchange: '', routingKey: 'full', content });
    await expect(publisher.publish({ exchange: '', routingKey: 'full', content })).rejects.toMatchObject({
      reason: 'nacked',
    });
  });

  it('should come back when its publishing channel fails', async () => {
    const publisher = sut.get<AmqpPublisher>(AmqpPublisher);
    const content = Buffer.from('{}');
    const lost = publisher.publish({ exchange: 'no-such-exchange', routingKey: 'x', content });
    await expect(lost).rejects.toMatchObject({ reason: 'lost' });
    await plain.channel.assertQueue('there', { durable: true });
    await eventually(() => publisher.publish({ exchange: '', routingKey: 'there', content }));
    expect(await sut.client.call(addNumbers, { a: 1, b: 1 })).toEqual({ sum: 2 });
  });
});

/** Closes the connections of that name as an operator would. Their list is up to five seconds old. */
async function cutConnections(vhost: TestVhost, name: string): Promise<void> {
  await eventually(
    async () => {
      const all = await vhost.management<Array<{ name: string; client_properties?: { connection_name?: string } }>>(
        'GET',
        'vhosts/{vhost}/connections',
      );
      const ours = all.filter(({ client_properties }) => client_properties?.connection_name === name);
      expect(ours.length).toBeGreaterThan(0);
      for (const connection of ours) {
        await vhost.management('DELETE', `connections/${encodeURIComponent(connection.name)}`);
      }
    },
    { timeoutMs: 10_000, everyMs: 200 },
  );
}
