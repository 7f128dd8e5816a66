import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { EventPublisher, OnEvent, type EventMeta } from '../src/index.js';
import { orderPaid, orderPlaced } from './support/contracts.js';
import { startTestService, type TestService } from './support/test-service.js';

@Injectable()
class OrderConsumer {
  readonly placed: { order: number; meta: EventMeta }[] = [];

  @OnEvent(orderPlaced)
  onPlaced({ order }: { order: number }, meta: EventMeta): void {
    this.placed.push({ order, meta });
  }
}

describe(EventPublisher.name, () => {
  let vhost: TestVhost;
  let service: TestService;
  let sut: EventPublisher;

  beforeAll(async () => {
    vhost = await createTestVhost();
    service = await startTestService({ url: vhost.amqpUrl, events: [orderPlaced], providers: [OrderConsumer] });
    sut = service.get(EventPublisher);
  });

  afterAll(async () => {
    await service?.close();
    await vhost?.delete();
  });

  it('should deliver under the id it is given', async () => {
    const id = uuidv7();
    await sut.publish(orderPlaced, { order: 7 }, id);
    const { placed } = service.get<OrderConsumer>(OrderConsumer);
    const delivered = await eventually(() => placed.find(({ meta }) => meta.messageId === id) ?? false);
    expect(delivered).toMatchObject({ order: 7, meta: { attempt: 1, routingKey: orderPlaced.name } });
  });

  it('should reject what no queue takes', async () => {
    await expect(sut.publish(orderPaid, { order: 7 }, uuidv7())).rejects.toMatchObject({ reason: 'unroutable' });
  });

  it('should reject what does not fit the contract', async () => {
    await expect(sut.publish(orderPlaced, { order: 0.5 }, uuidv7())).rejects.toMatchObject({
      code: 'EVENT.INVALID_PAYLOAD',
    });
  });

  it('should reject at once while there is no broker', async () => {
    const gone = await startTestService({ url: vhost.amqpUrl, service: 'gone' });
    await gone.close();
    const closed = gone.get<EventPublisher>(EventPublisher);
    expect(closed.isUsable).toBe(false);
    await expect(closed.publish(orderPlaced, { order: 1 }, uuidv7())).rejects.toMatchObject({ reason: 'disconnected' });
  });
});
