import { Injectable } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '#libs/kernel';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { OnEventBatch, type EventItem } from '../src/index.js';
import { plainClient, type PlainClient } from './support/broker.js';
import { orderPaid } from './support/contracts.js';
import { startTestService, type TestService } from './support/test-service.js';

class DatabaseAwayError extends CodedError {
  constructor() {
    super('TEST.AWAY', 'unavailable', 'the database is away');
  }
}

@Injectable()
class PaidConsumer {
  isAway = true;
  tries = 0;
  readonly handled: { order: number; attempt: number }[] = [];

  @OnEventBatch(orderPaid, { maxItems: 5, maxWaitMs: 50 })
  async paid(items: Array<EventItem<{ order: number }>>): Promise<void> {
    this.tries++;
    if (this.isAway) throw new DatabaseAwayError();
    for (const { payload, meta } of items) this.handled.push({ order: payload.order, attempt: meta.attempt });
  }
}

describe('events while something they need is away', () => {
  let vhost: TestVhost;
  let plain: PlainClient;
  let sut: TestService;
  let consumer: PaidConsumer;

  beforeAll(async () => {
    vhost = await createTestVhost();
    plain = await plainClient(vhost.amqpUrl);
  });

  beforeEach(async () => {
    sut = await startTestService({ url: vhost.amqpUrl, events: [orderPaid], providers: [PaidConsumer] });
    consumer = sut.get(PaidConsumer);
  });

  afterEach(() => sut?.close());

  afterAll(async () => {
    await plain?.close();
    await vhost?.delete();
  });

  it('should wait with the consumer and use up none of their tries', async () => {
    for (let order = 0; order < 4; order++) await plain.publishEvent(orderPaid, { order });
    await eventually(() => expect(consumer.tries).toBeGreaterThan(2));
    consumer.isAway = false;
    await eventually(() => expect(consumer.handled).toHaveLength(4), { timeoutMs: 10_000 });
    expect(consumer.handled.map(({ order }) => order).sort()).toEqual([0, 1, 2, 3]);
    expect(consumer.handled.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  it('should give the events back when the service stops meanwhile', async () => {
    consumer.isAway = true;
    await plain.publishEvent(orderPaid, { order: 9 });
    await eventually(() => expect(consumer.tries).toBeGreaterThan(0));
    await sut.close();
    sut = await startTestService({ url: vhost.amqpUrl, events: [orderPaid], providers: [PaidConsumer] });
    consumer = sut.get(PaidConsumer);
    consumer.isAway = false;
    await eventually(() => expect(consumer.handled.map(({ order }) => order)).toContain(9), { timeoutMs: 20_000 });
  });
});
