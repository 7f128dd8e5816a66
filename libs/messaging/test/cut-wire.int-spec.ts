import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sleep } from '#libs/kernel';
import { health } from '#libs/observability';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { plainClient, type PlainClient } from './support/broker.js';
import { addIdempotent, addNumbers, orderPaid, orderPlaced } from './support/contracts.js';
import { BatchConsumer, NumbersController, OrderConsumer } from './support/handlers.js';
import { tcpProxy, type TcpProxy } from './support/tcp-proxy.js';
import { startTestService, type TestService } from './support/test-service.js';

describe('a cut wire', () => {
  let vhost: TestVhost;
  let sut: TestService;
  let plain: PlainClient;

  const start = () =>
    startTestService({
      url: vhost.amqpUrl,
      events: [orderPlaced, orderPaid],
      rpc: [addNumbers, addIdempotent],
      providers: [OrderConsumer, BatchConsumer],
      controllers: [NumbersController],
    });

  const numbers = () => sut.get<NumbersController>(NumbersController);

  const check = async (name: string) => (await health.snapshot()).checks.find((one) => one.name === name);

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

  beforeAll(async () => {
    vhost = await createTestVhost();
    plain = await plainClient(vhost.amqpUrl);
  });

  beforeEach(async () => {
    sut = await start();
  });

  afterEach(async () => {
    await sut.close();
    await plain.channel.purgeQueue('ev.shop');
  });

  afterAll(async () => {
    await plain?.close();
    await vhost?.delete();
  });

  it('should repeat an idempotent call once after a cut', async () => {
    await overProxy(async (proxy, service) => {
      numbers().lookDelayMs = 300;
      const call = service.client.call(addIdempotent, { a: 7 }, { timeoutMs: 20_000 });
      await eventually(() => expect(numbers().looks).toBe(1));
      proxy.cut();
      expect(await call).toEqual({ a: 7 });
      expect(numbers().looks).toBeGreaterThan(1);
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
});
