import { Injectable } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '#libs/kernel';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { OnEvent, OnEventBatch, PARKING_QUEUE, type EventItem } from '../src/index.js';
import { plainClient, type PlainClient } from './support/broker.js';
import { orderPaid, orderPlaced } from './support/contracts.js';
import { startTestService, type TestService } from './support/test-service.js';

class IndexAwayError extends CodedError {
  constructor() {
    super('TEST.AWAY', 'unavailable', 'the index is away');
  }
}

@Injectable()
class Consumers {
  isAway = true;
  tries = 0;
  readonly indexed: number[] = [];
  readonly paid: number[] = [];
  readonly placed: number[] = [];

  @OnEventBatch(orderPaid, { maxItems: 2, maxWaitMs: 10, queue: 'index' })
  async index(items: Array<EventItem<{ order: number }>>): Promise<void> {
    this.tries++;
    if (this.isAway) throw new IndexAwayError();
    this.indexed.push(...items.map(({ payload }) => payload.order));
  }

  @OnEvent(orderPaid)
  async onPaid({ order }: { order: number }): Promise<void> {
    this.paid.push(order);
  }

  @OnEvent(orderPlaced)
  async onPlaced({ order }: { order: number }): Promise<void> {
    this.placed.push(order);
  }
}

const ORDERS = Array.from({ length: 12 }, (_, order) => order);

describe('a side queue', () => {
  let vhost: TestVhost;
  let plain: PlainClient;
  let sut: TestService;
  let consumers: Consumers;

  beforeAll(async () => {
    vhost = await createTestVhost();
    plain = await plainClient(vhost.amqpUrl);
  });

  beforeEach(async () => {
    sut = await start();
    consumers = sut.get(Consumers);
  });

  afterEach(() => sut?.close());

  afterAll(async () => {
    await plain?.close();
    await vhost?.delete();
  });

  const start = () =>
    startTestService({
      url: vhost.amqpUrl,
      events: [orderPaid, orderPlaced],
      sideQueues: [{ name: 'index', events: [orderPaid] }],
      providers: [Consumers],
      // In hand for much less time than the tries of the ladder take together.
      settings: { sideQueueInHandMs: 50 },
    });
  const sorted = (orders: readonly number[]) => [...orders].sort((a, b) => a - b);

  it('should hold up nothing else while what it needs is away, park nothing, and catch up', async () => {
    for (const order of ORDERS) await plain.publishEvent(orderPaid, { order });
    await plain.publishEvent(orderPlaced, { order: 99 });
    await eventually(() => expect(sorted(consumers.paid)).toEqual(ORDERS));
    await eventually(() => expect(consumers.placed).toEqual([99]));
    // More tries than the two rungs of the ladder would allow each event.
    await eventually(() => expect(consumers.tries).toBeGreaterThan(4 * ORDERS.length), { timeoutMs: 30_000 });
    expect(await plain.depth(PARKING_QUEUE)).toBe(0);
    consumers.isAway = false;
    await eventually(() => expect(sorted([...new Set(consumers.indexed)])).toEqual(ORDERS), { timeoutMs: 10_000 });
  });

  it('should lose nothing and count no deaths when processes come and go meanwhile', async () => {
    consumers.isAway = true;
    await plain.publishEvent(orderPaid, { order: 7 });
    for (let life = 0; life < 6; life++) {
      await eventually(() => expect(consumers.tries).toBeGreaterThan(0), { timeoutMs: 10_000 });
      await sut.close();
      sut = await start();
      consumers = sut.get(Consumers);
    }
    consumers.isAway = false;
    await eventually(() => expect(consumers.indexed).toContain(7), { timeoutMs: 10_000 });
    expect(await plain.depth(PARKING_QUEUE)).toBe(0);
  });

  it('should need a handler of its own', async () => {
    await expect(
      startTestService({ url: vhost.amqpUrl, sideQueues: [{ name: 'lonely', events: [orderPlaced] }] }),
    ).rejects.toThrow('nothing handles shop.order.placed.v1 of queue lonely');
  });
});
