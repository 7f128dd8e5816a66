import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sleep } from '#libs/kernel';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { plainClient, type PlainClient } from './support/broker.js';
import { addIdempotent, addNumbers, orderPaid, orderPlaced } from './support/contracts.js';
import { BatchConsumer, KilledConsumer, NumbersController, OrderConsumer } from './support/handlers.js';
import { startTestService, type TestService } from './support/test-service.js';

describe('the end of a process', () => {
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

  beforeAll(async () => {
    vhost = await createTestVhost();
    plain = await plainClient(vhost.amqpUrl);
  });

  beforeEach(async () => {
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

  it.each([false, true])(
    'should park what kills its consumer, and only that (single active consumer: %s)',
    async (singleActiveConsumer) => {
      const service = `killed-${singleActiveConsumer}`;
      const live = () =>
        startTestService({
          url: vhost.amqpUrl,
          service,
          events: [orderPlaced],
          providers: [KilledConsumer],
          singleActiveConsumer,
          settings: { drainGraceMs: 0 },
        });
      await (await live()).close();
      for (let order = 1; order <= 8; order++) await plain.publishEvent(orderPlaced, { order });
      const handled = new Set<number>();
      let deaths = 0;
      const isParked = async () => (await plain.depth('parking')) === 1;
      // To the broker, a process that dies looks like one that closes without settling.
      while (deaths < 20 && !(await isParked())) {
        const killed = await live();
        const { started, done } = killed.get<KilledConsumer>(KilledConsumer);
        await eventually(async () => started.includes(1) || (await isParked()));
        if (await isParked()) await eventually(async () => expect(await plain.depth(`ev.${service}`)).toBe(0));
        else deaths++;
        await killed.close();
        for (const order of done) handled.add(order);
      }
      const last = await live();
      const { done } = last.get<KilledConsumer>(KilledConsumer);
      await eventually(() => expect([...new Set([...handled, ...done])].sort()).toEqual([2, 3, 4, 5, 6, 7, 8]));
      await last.close();
      expect(deaths).toBeLessThan(8);
      expect(await plain.depth('parking')).toBe(1);
      const parked = await plain.take('parking');
      expect(parked && parked.properties.headers).toMatchObject({ 'x-error-code': 'EVENT.CRASH_LOOP' });
      expect(parked && JSON.parse(parked.content.toString())).toMatchObject({ data: { order: 1 } });
    },
  );

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
});
