import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { health } from '#libs/observability';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { AmqpServer } from '../src/index.js';
import { AmqpPublisher } from '../src/amqp-publisher.js';
import { cancelledConsumers } from '../src/messaging.metrics.js';
import type { QueueConsumer } from '../src/queue-consumer.js';
import { plainClient, type PlainClient } from './support/broker.js';
import { addIdempotent, addNumbers, orderPaid, orderPlaced } from './support/contracts.js';
import { BatchConsumer, NumbersController, OrderConsumer } from './support/handlers.js';
import { startTestService, type TestService } from './support/test-service.js';

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
    const call = sut.client.call(addNumbers, { a: 1, b: -1 }, { timeoutMs: 30_000 });
    const failure = call.catch((error: unknown) => error);
    await eventually(() => expect(consumerOf('rpc.shop').inFlight).toBe(1));
    await cutConnections(vhost, 'shop publish');
    expect(await failure).toMatchObject({ code: 'RPC.BROKER_LOST', kind: 'unavailable' });
    sut.get<NumbersController>(NumbersController).openGate();
    await eventually(async () => expect(await sut.client.call(addNumbers, { a: 2, b: 3 })).toEqual({ sum: 5 }));
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
