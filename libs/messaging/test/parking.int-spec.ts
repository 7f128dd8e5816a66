import { Injectable } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestVhost, eventually, type TestVhost } from '#libs/testing';
import { OnEvent, ParkingLot, type EventMeta } from '../src/index.js';
import { parseParkingCommand, runParkingCommand } from '../src/parking-command.js';
import { plainClient, type PlainClient } from './support/broker.js';
import { orderPaid, orderPlaced } from './support/contracts.js';
import { startTestService, type TestService } from './support/test-service.js';

@Injectable()
class FussyConsumer {
  broken = true;
  readonly handled: Array<{ order: number; meta: EventMeta }> = [];

  @OnEvent(orderPlaced)
  placed({ order }: { order: number }, meta: EventMeta): void {
    if (this.broken) throw new Error(`order ${order} is bad`);
    this.handled.push({ order, meta });
  }

  @OnEvent(orderPaid)
  paid({ order }: { order: number }): void {
    if (this.broken) throw new TypeError(`payment of ${order} is bad`);
  }
}

describe('ParkingLot', () => {
  let vhost: TestVhost;
  let service: TestService;
  let plain: PlainClient;
  let consumer: FussyConsumer;
  let sut: ParkingLot;
  let ids: string[];

  beforeAll(async () => {
    vhost = await createTestVhost();
    plain = await plainClient(vhost.amqpUrl);
  });

  beforeEach(async () => {
    service = await startTestService({
      url: vhost.amqpUrl,
      events: [orderPlaced, orderPaid],
      providers: [FussyConsumer],
    });
    consumer = service.get(FussyConsumer);
    sut = service.get(ParkingLot);
    ids = [];
    for (const order of [1, 2, 3]) {
      ids.push(await plain.publishEvent(orderPlaced, { order }));
      await eventually(async () => expect(await plain.depth('parking')).toBe(order));
    }
    ids.push(await plain.publishEvent(orderPaid, { order: 4 }));
    await eventually(async () => expect(await plain.depth('parking')).toBe(4));
  });

  afterEach(async () => {
    await service.close();
    for (const queue of ['parking', 'ev.shop']) await plain.channel.purgeQueue(queue);
  });

  afterAll(async () => {
    await plain?.close();
    await vhost?.delete();
  });

  it('should list the oldest first, with the reason, and lose and reorder nothing', async () => {
    for (let time = 0; time < 25; time++) {
      const { messages, total, truncated } = await sut.list();
      expect(messages.map(({ id }) => id)).toEqual(ids);
      expect({ total, truncated }).toEqual({ total: 4, truncated: false });
    }
    const { messages } = await sut.list({}, 1);
    expect(messages).toEqual([
      {
        id: ids[0],
        event: orderPlaced.name,
        queue: 'ev.shop',
        code: 'EVENT.HANDLER_FAILED',
        reason: 'order 1 is bad',
        parkedAt: expect.stringMatching(/^20.*Z$/) as string,
        attempt: 1,
        bytes: expect.any(Number) as number,
        traceId: null,
      },
    ]);
  });

  it('should list by filter', async () => {
    expect((await sut.list({ event: orderPaid.name })).messages.map(({ id }) => id)).toEqual([ids[3]]);
    expect((await sut.list({ queue: 'ev.other' })).messages).toEqual([]);
    expect((await sut.list({ code: 'EVENT.HANDLER_FAILED' })).messages).toHaveLength(4);
  });

  it('should send one message back as on its first delivery', async () => {
    consumer.broken = false;
    const { done, failed } = await sut.replay({ ids: [ids[1]!] });
    expect(done.map(({ id }) => id)).toEqual([ids[1]]);
    expect(failed).toEqual([]);
    await eventually(() => expect(consumer.handled).toHaveLength(1));
    expect(consumer.handled[0]).toMatchObject({
      order: 2,
      meta: { messageId: ids[1], routingKey: orderPlaced.name, attempt: 1 },
    });
    expect((await sut.list()).messages.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3]]);
  });

  it('should send all back', async () => {
    consumer.broken = false;
    expect((await sut.replay({})).done).toHaveLength(4);
    await eventually(() => expect(consumer.handled.map(({ order }) => order).sort()).toEqual([1, 2, 3]));
    expect((await sut.list()).total).toBe(0);
  });

  it('should keep what has no queue to go back to', async () => {
    plain.channel.publish('dlx', 'x', Buffer.from('{}'), { messageId: 'stray', persistent: true });
    plain.channel.publish('dlx', 'x', Buffer.from('{}'), {
      messageId: 'gone',
      persistent: true,
      headers: { 'x-origin-queue': 'ev.gone' },
    });
    await plain.channel.waitForConfirms();
    const { done, failed } = await sut.replay({ ids: ['stray', 'gone'] });
    expect(done).toEqual([]);
    expect(failed.map(({ message, reason }) => [message.id, reason])).toEqual([
      ['stray', expect.stringContaining('does not say') as string],
      ['gone', expect.stringContaining('ev.gone does not exist') as string],
    ]);
    expect((await sut.list()).total).toBe(6);
  });

  it('should drop by filter', async () => {
    expect((await sut.drop({ event: orderPlaced.name })).done).toHaveLength(3);
    expect((await sut.list()).messages.map(({ id }) => id)).toEqual([ids[3]]);
  });

  it('should show a message the broker parked itself', async () => {
    await sut.drop({});
    await service.close();
    await plain.publishEvent(orderPlaced, { order: 9 });
    const message = await eventually(async () => {
      const got = await plain.channel.get('ev.shop');
      if (!got) throw new Error('not there yet');
      return got;
    });
    plain.channel.reject(message, false);
    await eventually(async () => expect((await sut.list()).messages).toHaveLength(1));
    const [parked] = (await sut.list()).messages;
    expect(parked).toMatchObject({ code: 'BROKER.REJECTED', queue: 'ev.shop', parkedAt: null });
  });

  it('should do all this from the command line', async () => {
    const run = (...args: string[]) => runParkingCommand(sut, parseParkingCommand(args));
    const listed = await run('list');
    expect(listed.exitCode).toBe(0);
    expect(listed.text).toContain('order 1 is bad');
    expect(listed.text).toContain('4 of 4 parked messages');
    const dropped = await run('drop', '--id', ids[0]!, '--json');
    expect(JSON.parse(dropped.text)).toMatchObject({ done: [{ id: ids[0] }], failed: [] });
    expect(await run('replay', '--all', '--yes')).toEqual({ text: '3 sent back\n', exitCode: 0 });
  });
});
