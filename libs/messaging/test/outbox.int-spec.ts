import { Injectable } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent } from '#libs/contracts';
import { currentContext, newContext, runInContext } from '#libs/observability';
import { createTestDatabase, createTestVhost, eventually, type TestDatabase, type TestVhost } from '#libs/testing';
import {
  Inbox,
  INBOX_TABLE_SQL,
  OnEvent,
  Outbox,
  OUTBOX_DATABASE,
  OUTBOX_TABLE_SQL,
  OutboxRelay,
  PublishError,
  type EventMeta,
} from '../src/index.js';
import { AmqpPublisher, type OutgoingMessage } from '../src/amqp-publisher.js';
import { purgePublished } from '../src/outbox-store.js';
import { plainClient, type PlainClient } from './support/broker.js';
import { orderPlaced } from './support/contracts.js';
import { transactional, type TransactionalDatabase } from './support/database.js';
import { startTestService, type TestService } from './support/test-service.js';

const nobodyListens = defineEvent({ name: 'shop.nobody.listened.v1', payload: z.object({}) });
/** The consumer below hears it; the other queue does not exist yet. */
const hearers = [
  ['shop', 'latecomer.side'],
  ['latecomer.side', 'shop'],
];

@Injectable()
class OrderConsumer {
  readonly deliveries: Array<{ order: number; meta: EventMeta; traceId: string | undefined }> = [];
  readonly effects: number[] = [];

  constructor(private readonly inbox: Inbox) {}

  @OnEvent(orderPlaced)
  async placed({ order }: { order: number }, meta: EventMeta): Promise<void> {
    this.deliveries.push({ order, meta, traceId: currentContext()?.traceId });
    await database.transaction(async (tx) => {
      if (await this.inbox.accept(tx, 'shop', meta.messageId)) this.effects.push(order);
    });
  }
}

let database: TransactionalDatabase;

describe('the outbox', () => {
  let schema: TestDatabase;
  let vhost: TestVhost;
  let sut: TestService;
  let plain: PlainClient;
  let outbox: Outbox;

  const store = (order: number) => database.transaction((tx) => outbox.add(tx, orderPlaced, { order }));
  const pending = async () =>
    Number((await schema.query<{ n: unknown }>('SELECT COUNT(*) AS n FROM outbox WHERE published_at IS NULL'))[0]!.n);
  const consumer = () => sut.get<OrderConsumer>(OrderConsumer);

  beforeAll(async () => {
    schema = await createTestDatabase('messaging');
    await schema.query(OUTBOX_TABLE_SQL);
    await schema.query(INBOX_TABLE_SQL);
    database = transactional(schema);
    vhost = await createTestVhost();
    plain = await plainClient(vhost.amqpUrl);
  });

  beforeEach(async () => {
    await schema.query('DELETE FROM outbox');
    await schema.query('DELETE FROM inbox');
    sut = await startTestService({
      url: vhost.amqpUrl,
      events: [orderPlaced],
      providers: [OrderConsumer, { provide: OUTBOX_DATABASE, useValue: database }],
    });
    outbox = sut.get(Outbox);
  });

  afterEach(() => sut.close());

  afterAll(async () => {
    await plain?.close();
    await database?.close();
    await schema?.drop();
    await vhost?.delete();
  });

  it('should publish what was committed, in the trace that stored it', async () => {
    const context = newContext();
    const before = Date.now();
    const id = await runInContext(context, () => store(1));
    sut.get<OutboxRelay>(OutboxRelay).poke();
    await eventually(() => expect(consumer().deliveries).toHaveLength(1));
    const [delivery] = consumer().deliveries;
    expect(delivery).toMatchObject({
      order: 1,
      traceId: context.traceId,
      meta: { messageId: id, routingKey: orderPlaced.name, attempt: 1 },
    });
    expect(delivery!.meta.publishedAt).toBeGreaterThanOrEqual(before);
    expect(delivery!.meta.publishedAt).toBeLessThanOrEqual(Date.now());
    await eventually(async () => expect(await pending()).toBe(0));
  });

  it('should publish a poke sooner than the poll', async () => {
    // Lets the idle poll back off to its longest pause first.
    await eventually(() => {
      const { idleRounds } = sut.get<OutboxRelay>(OutboxRelay) as unknown as { idleRounds: number };
      return idleRounds >= 2;
    });
    await store(1);
    const started = Date.now();
    sut.get<OutboxRelay>(OutboxRelay).poke();
    await eventually(() => expect(consumer().deliveries).toHaveLength(1), { everyMs: 5 });
    expect(Date.now() - started).toBeLessThan(500);
  });

  it('should publish without a poke too', async () => {
    await store(1);
    await eventually(() => expect(consumer().effects).toEqual([1]));
  });

  it('should not publish what was rolled back', async () => {
    await database
      .transaction(async (tx) => {
        await outbox.add(tx, orderPlaced, { order: 1 });
        throw new Error('no');
      })
      .catch(() => undefined);
    await store(2);
    await eventually(() => expect(consumer().effects).toEqual([2]));
    expect(consumer().deliveries).toHaveLength(1);
  });

  it('should refuse a payload that does not fit the contract, and one that is too large', async () => {
    const wrong = { order: 'one' } as unknown as { order: number };
    await expect(database.transaction((tx) => outbox.add(tx, orderPlaced, wrong))).rejects.toMatchObject({
      code: 'EVENT.INVALID_PAYLOAD',
    });
    const large = defineEvent({ name: 'shop.text.written.v1', payload: z.object({ text: z.string() }) });
    await expect(
      database.transaction((tx) => outbox.add(tx, large, { text: 'x'.repeat(300_000) })),
    ).rejects.toMatchObject({ code: 'MESSAGE.TOO_LARGE' });
    expect(await pending()).toBe(0);
  });

  it('should have one effect when it dies between publishing and marking', async () => {
    const dying = new OutboxRelay(sut.get<AmqpPublisher>(AmqpPublisher));
    await sut.get<OutboxRelay>(OutboxRelay).stop();
    await store(1);
    const crash = dying.runOnce({
      transaction: (work) =>
        database.transaction(async (tx) => {
          await work(tx);
          throw new Error('killed before the commit');
        }),
    });
    await expect(crash).rejects.toThrow('killed');
    await eventually(() => expect(consumer().deliveries).toHaveLength(1));
    expect(await pending()).toBe(1);
    expect(await dying.runOnce(database)).toEqual({ claimed: 1, published: 1 });
    await eventually(() => expect(consumer().deliveries).toHaveLength(2));
    const [first, second] = consumer().deliveries;
    expect(second!.meta.messageId).toBe(first!.meta.messageId);
    expect(consumer().effects).toEqual([1]);
    expect(await pending()).toBe(0);
  });

  it('should keep what nobody takes, without holding up the others, and publish it when somebody does', async () => {
    await sut.get<OutboxRelay>(OutboxRelay).stop();
    const relay = new OutboxRelay(sut.get<AmqpPublisher>(AmqpPublisher));
    await database.transaction((tx) => outbox.add(tx, nobodyListens, {}));
    await store(2);
    expect(await relay.runOnce(database)).toEqual({ claimed: 2, published: 1 });
    await eventually(() => expect(consumer().effects).toEqual([2]));
    const [row] = await schema.query<{ attempts: number; waits: unknown }>(
      `SELECT attempts, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), available_at) AS waits
       FROM outbox WHERE published_at IS NULL`,
    );
    expect(row!.attempts).toBe(1);
    expect(Number(row!.waits)).toBeGreaterThan(0);
    expect(await relay.runOnce(database)).toEqual({ claimed: 0, published: 0 });
    await plain.channel.assertQueue('late', { durable: true });
    await plain.channel.bindQueue('late', 'events', nobodyListens.name);
    await eventually(async () => expect(await relay.runOnce(database)).toEqual({ claimed: 1, published: 1 }), {
      timeoutMs: 10_000,
    });
    await plain.channel.deleteQueue('late');
  });

  it.each(hearers)(
    'should keep what one of its hearers would miss, although another would take it: %s, %s',
    async (...heardBy) => {
      await sut.get<OutboxRelay>(OutboxRelay).stop();
      const relay = new OutboxRelay(sut.get<AmqpPublisher>(AmqpPublisher), {
        announces: [{ ...orderPlaced, heardBy }],
      });
      await store(3);
      expect(await relay.runOnce(database)).toEqual({ claimed: 1, published: 0 });
      await store(4);
      expect(await relay.runOnce(database)).toEqual({ claimed: 1, published: 0 });
      expect(await schema.query('SELECT attempts FROM outbox')).toEqual([{ attempts: 1 }, { attempts: 1 }]);
      await plain.channel.assertQueue('ev.latecomer.side', { durable: true });
      await eventually(
        async () => {
          await relay.runOnce(database);
          expect(await pending()).toBe(0);
        },
        { timeoutMs: 10_000 },
      );
      await eventually(() => expect(consumer().effects.toSorted()).toEqual([3, 4]));
      await plain.channel.deleteQueue('ev.latecomer.side');
    },
  );

  it('should leave rows alone while the broker is away', async () => {
    await sut.get<OutboxRelay>(OutboxRelay).stop();
    const away = new OutboxRelay({
      refusal: undefined,
      publish: () => Promise.reject(new PublishError('disconnected', 'away')),
      hasQueue: () => Promise.resolve(true),
    });
    await store(1);
    expect(await away.runOnce(database)).toEqual({ claimed: 1, published: 0 });
    const [row] = await schema.query<{ attempts: number }>('SELECT attempts FROM outbox');
    expect(row!.attempts).toBe(0);
  });

  it('should not publish twice when several relays run', async () => {
    await sut.get<OutboxRelay>(OutboxRelay).stop();
    const published: string[] = [];
    const slow = {
      refusal: undefined,
      publish: async ({ options }: OutgoingMessage) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        published.push(options!.messageId!);
      },
      hasQueue: () => Promise.resolve(true),
    };
    const ids: string[] = [];
    for (let order = 0; order < 500; order++) ids.push(await store(order));
    const relays = Array.from({ length: 4 }, () => new OutboxRelay(slow));
    while ((await pending()) > 0) {
      const rounds = await Promise.all(relays.map((relay) => relay.runOnce(database)));
      expect(rounds.every(({ claimed, published: done }) => claimed === done)).toBe(true);
    }
    expect(published.length).toBe(500);
    expect(new Set(published)).toEqual(new Set(ids));
  });

  it('should delete what was published long ago, and only that', async () => {
    await sut.get<OutboxRelay>(OutboxRelay).stop();
    await store(1);
    await store(2);
    await store(3);
    const [first] = await schema.query<{ id: number }>('SELECT MIN(id) AS id FROM outbox');
    const dayAgo = 'TIMESTAMPADD(SECOND, -86401, UTC_TIMESTAMP(3))';
    await schema.query(`UPDATE outbox SET published_at = ${dayAgo} WHERE id = ?`, [first!.id]);
    await schema.query('UPDATE outbox SET published_at = UTC_TIMESTAMP(3) WHERE id = ?', [Number(first!.id) + 1]);
    expect(await database.transaction((tx) => purgePublished(tx, 86_400_000))).toBe(1);
    expect(await schema.query('SELECT id FROM outbox')).toHaveLength(2);
  });
});
