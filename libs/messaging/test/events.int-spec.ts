import { Injectable } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '#libs/kernel';
import { currentContext, newContext, traceparentOf } from '#libs/observability';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { OnEvent, OnEventBatch, RetryableError, type EventItem, type EventMeta } from '../src/index.js';
import { plainClient, type PlainClient } from './support/broker.js';
import { orderPaid, orderPlaced } from './support/contracts.js';
import { startTestService, type TestService } from './support/test-service.js';

interface Handled {
  order: number;
  meta: EventMeta;
  traceId: string | undefined;
  parentSpanId: string | undefined;
}

@Injectable()
class OrderConsumer {
  readonly placed: Handled[] = [];
  readonly batches: number[][] = [];
  onPlaced: (order: number, meta: EventMeta) => unknown = () => undefined;
  onPaid: (orders: number[]) => unknown = () => undefined;

  @OnEvent(orderPlaced)
  async placedOne({ order }: { order: number }, meta: EventMeta): Promise<void> {
    const context = currentContext();
    this.placed.push({ order, meta, traceId: context?.traceId, parentSpanId: context?.parentSpanId });
    await this.onPlaced(order, meta);
  }

  @OnEventBatch(orderPaid, { maxItems: 5, maxWaitMs: 50 })
  async paidMany(items: Array<EventItem<{ order: number }>>): Promise<void> {
    const orders = items.map(({ payload }) => payload.order);
    this.batches.push(orders);
    await this.onPaid(orders);
  }
}

describe('events', () => {
  let vhost: TestVhost;
  let sut: TestService;
  let plain: PlainClient;
  let consumer: OrderConsumer;

  beforeAll(async () => {
    vhost = await createTestVhost();
    plain = await plainClient(vhost.amqpUrl);
  });

  beforeEach(async () => {
    sut = await startTestService({
      url: vhost.amqpUrl,
      events: [orderPlaced, orderPaid],
      providers: [OrderConsumer],
    });
    consumer = sut.get(OrderConsumer);
  });

  afterEach(async () => {
    await sut.close();
    for (const queue of ['parking', 'ev.shop']) await plain.channel.purgeQueue(queue);
  });

  afterAll(async () => {
    await plain?.close();
    await vhost?.delete();
  });

  const parked = async () => {
    const message = await eventually(async () => {
      const taken = await plain.take('parking');
      if (!taken) throw new Error('nothing is parked');
      return taken;
    });
    return { headers: message.properties.headers as Record<string, unknown>, message };
  };

  const settled = () => eventually(async () => expect(await unsettled(vhost)).toBe(0));

  it('should hand an event to its handler with its meta data, in the trace of its producer', async () => {
    const trace = newContext();
    const publishedAt = Date.now() - 1_234;
    const id = await plain.publishEvent(
      orderPlaced,
      { order: 1 },
      {
        headers: { traceparent: traceparentOf(trace), 'x-published-at': publishedAt },
      },
    );
    await eventually(() => expect(consumer.placed).toHaveLength(1));
    expect(consumer.placed[0]).toMatchObject({
      order: 1,
      meta: { messageId: id, routingKey: orderPlaced.name, attempt: 1, publishedAt, redelivered: false },
      traceId: trace.traceId,
      parentSpanId: trace.spanId,
    });
    await settled();
    expect(await plain.depth('ev.shop')).toBe(0);
  });

  it('should climb the ladder on retryable errors and come back to the same queue', async () => {
    consumer.onPlaced = (_order, { attempt }) => {
      if (attempt < 3) throw new RetryableError('not yet');
    };
    const trace = newContext();
    await plain.publishEvent(orderPlaced, { order: 2 }, { headers: { traceparent: traceparentOf(trace) } });
    await eventually(() => expect(consumer.placed).toHaveLength(3));
    expect(consumer.placed.map(({ meta }) => meta.attempt)).toEqual([1, 2, 3]);
    expect(new Set(consumer.placed.map(({ meta }) => meta.messageId)).size).toBe(1);
    expect(new Set(consumer.placed.map(({ meta }) => meta.routingKey))).toEqual(new Set([orderPlaced.name]));
    expect(new Set(consumer.placed.map(({ traceId }) => traceId))).toEqual(new Set([trace.traceId]));
    await settled();
    expect(await plain.depth('parking')).toBe(0);
  });

  it('should skip rungs that are shorter than the wished delay', async () => {
    consumer.onPlaced = (_order, { attempt }) => {
      if (attempt === 1) throw new RetryableError('later', { delayMs: 200 });
    };
    await plain.publishEvent(orderPlaced, { order: 2 });
    await eventually(() => expect(consumer.placed).toHaveLength(2));
    expect(consumer.placed.map(({ meta }) => meta.attempt)).toEqual([1, 3]);
  });

  it('should park an event that used up the ladder', async () => {
    consumer.onPlaced = () => {
      throw new CodedError('STOCK.SLOW', 'timeout', 'the stock did not answer');
    };
    const id = await plain.publishEvent(orderPlaced, { order: 3 });
    const { headers, message } = await parked();
    expect(consumer.placed.map(({ meta }) => meta.attempt)).toEqual([1, 2, 3]);
    expect(message.properties.messageId).toBe(id);
    expect(headers).toMatchObject({
      'x-error-code': 'EVENT.RETRIES_EXHAUSTED',
      'x-error-message': 'the stock did not answer',
      'x-origin-queue': 'ev.shop',
      'x-origin-routing-key': orderPlaced.name,
      'x-attempt': 3,
    });
    expect(Date.parse(String(headers['x-parked-at']))).toBeGreaterThan(Date.now() - 10_000);
  });

  it('should park an event whose handler fails for good, once, and go on', async () => {
    consumer.onPlaced = (order) => {
      if (order < 4) throw new Error('boom '.repeat(200));
    };
    for (let order = 1; order <= 6; order++) await plain.publishEvent(orderPlaced, { order });
    await eventually(async () => expect(await plain.depth('parking')).toBe(3));
    await settled();
    expect(consumer.placed.map(({ order }) => order).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    const { headers } = await parked();
    expect(headers['x-error-code']).toBe('EVENT.HANDLER_FAILED');
    expect(String(headers['x-error-message']).length).toBeLessThanOrEqual(300);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['MESSAGE.INVALID_JSON', () => plain.publishRaw('ev.shop', Buffer.from('{"pattern":'), { messageId: 'm' })],
    ['MESSAGE.INVALID_PACKET', () => plain.publishRaw('ev.shop', Buffer.from('[]'), { messageId: 'm' })],
    [
      'EVENT.UNKNOWN',
      () => plain.publishRaw('ev.shop', Buffer.from('{"pattern":"shop.order.lost.v1","data":{}}'), { messageId: 'm' }),
    ],
    ['EVENT.INVALID_PAYLOAD', () => plain.publishEvent(orderPlaced, { order: 'one' })],
    ['EVENT.NO_MESSAGE_ID', () => plain.publishEvent(orderPlaced, { order: 1 }, { messageId: 'no spaces allowed' })],
    ['MESSAGE.TOO_LARGE', () => plain.publishEvent(orderPlaced, { order: 1, text: 'x'.repeat(300_000) })],
    ['EVENT.CRASH_LOOP', () => plain.publishEvent(orderPlaced, { order: 1 }, { headers: { 'x-delivery-count': 5 } })],
  ])('should park at once: %s', async (code, publish) => {
    await publish();
    const { headers } = await parked();
    expect(headers).toMatchObject({ 'x-error-code': code, 'x-origin-queue': 'ev.shop' });
    expect(consumer.placed).toEqual([]);
    await plain.publishEvent(orderPlaced, { order: 9 });
    await eventually(() => expect(consumer.placed.map(({ order }) => order)).toEqual([9]));
  });

  it('should park a message with headers that leave no room for a reason', async () => {
    await plain.publishEvent(orderPlaced, { order: 'bad' }, { headers: { 'x-large': 'y'.repeat(65_400) } });
    const { message } = await parked();
    expect(message.properties.headers?.['x-first-death-reason']).toBe('rejected');
  });

  it('should handle events in batches, one batch at a time and in order', async () => {
    let running = 0;
    let most = 0;
    consumer.onPaid = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
    };
    for (let order = 1; order <= 23; order++) await plain.publishEvent(orderPaid, { order });
    await eventually(() => expect(consumer.batches.flat()).toHaveLength(23));
    expect(consumer.batches.flat()).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
    expect(most).toBe(1);
    expect(Math.max(...consumer.batches.map((batch) => batch.length))).toBeLessThanOrEqual(5);
    expect(consumer.batches.length).toBeLessThan(23);
    await settled();
  });

  it('should not let one bad event of a batch hurt its neighbours', async () => {
    await plain.publishEvent(orderPaid, { order: 0 });
    await eventually(() => expect(consumer.batches).toHaveLength(1));
    consumer.batches.length = 0;
    consumer.onPaid = (orders) => {
      if (orders.includes(3)) throw new Error('three is bad');
    };
    for (let order = 1; order <= 5; order++) await plain.publishEvent(orderPaid, { order });
    const { headers } = await parked();
    expect(headers).toMatchObject({ 'x-error-code': 'EVENT.HANDLER_FAILED', 'x-error-message': 'three is bad' });
    await settled();
    expect(await plain.depth('parking')).toBe(0);
    const done = consumer.batches.filter((orders) => !orders.includes(3)).flat();
    expect(done.sort()).toEqual([1, 2, 4, 5]);
  });

  it('should take a handler that does not come back for failed', async () => {
    await sut.close();
    sut = await startTestService({ url: vhost.amqpUrl, events: [orderPlaced], providers: [SlowConsumer] });
    await plain.publishEvent(orderPlaced, { order: 1 });
    const { headers } = await parked();
    expect(headers).toMatchObject({ 'x-error-code': 'EVENT.RETRIES_EXHAUSTED', 'x-attempt': 3 });
    expect(sut.get<SlowConsumer>(SlowConsumer).runs).toBe(3);
  });

  it('should let only one of several consumers work when asked to', async () => {
    const options = {
      url: vhost.amqpUrl,
      service: 'single',
      events: [orderPlaced, orderPaid],
      providers: [OrderConsumer],
      singleActiveConsumer: true,
    };
    const first = await startTestService(options);
    const second = await startTestService(options);
    try {
      const consumers = [first, second].map((service) => service.get<OrderConsumer>(OrderConsumer));
      const busy = [0, 0];
      let overlaps = 0;
      for (const [me, consumer] of consumers.entries()) {
        consumer.onPlaced = async () => {
          busy[me]!++;
          if (busy[1 - me]! > 0) overlaps++;
          await new Promise((resolve) => setTimeout(resolve, 10));
          busy[me]!--;
        };
      }
      const handled = () => new Set(consumers.flatMap(({ placed }) => placed.map(({ order }) => order))).size;
      for (let order = 1; order <= 40; order++) await plain.publishEvent(orderPlaced, { order });
      await eventually(() => expect(handled()).toBe(40));
      expect(overlaps).toBe(0);
      await first.close();
      await plain.publishEvent(orderPlaced, { order: 41 });
      await eventually(() => expect(consumers[1]!.placed.map(({ order }) => order)).toContain(41));
    } finally {
      await first.close();
      await second.close();
    }
  });
});

@Injectable()
class SlowConsumer {
  runs = 0;

  @OnEvent(orderPlaced, { timeoutMs: 50 })
  slow(): Promise<void> {
    this.runs++;
    return new Promise((resolve) => setTimeout(resolve, 60_000).unref());
  }
}

async function unsettled(vhost: TestVhost): Promise<number> {
  const queue = await vhost.management<{ messages?: number }>('GET', 'queues/{vhost}/ev.shop');
  return queue.messages ?? 0;
}
