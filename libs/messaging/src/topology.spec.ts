import { describe, expect, it } from 'vitest';
import { DEFAULT_LADDER, sharedTopology, topologyForQueue, topologyOf } from './topology.js';

const sut = topologyOf({ service: 'shop', eventNames: ['a.b.c.v1', 'd.e.f.v1'], answersCalls: true });
const queue = (name: string) => sut.queues.find((one) => one.name === name);

describe('topologyOf', () => {
  it('should give a side queue its own bindings', () => {
    const { queues, bindings } = topologyOf({
      service: 's',
      eventNames: ['a'],
      answersCalls: false,
      singleActiveConsumer: true,
      sideQueues: [{ name: 'side', eventNames: ['a', 'b'] }],
    });
    expect(queues.find(({ name }) => name === 'ev.s.side')?.arguments).toEqual({
      'x-queue-type': 'quorum',
      'x-dead-letter-exchange': 'dlx',
    });
    expect(bindings.filter(({ queue }) => queue === 'ev.s.side').map(({ key }) => key)).toEqual(['a', 'b']);
    expect(bindings.filter(({ queue }) => queue === 'ev.s').map(({ key }) => key)).toEqual(['a']);
  });

  it('should give the queue of calls no arguments, as a plain Nest client declares none', () => {
    expect(queue('rpc.shop')?.arguments).toEqual({});
  });

  it('should bind one quorum queue to each event', () => {
    expect(queue('ev.shop')?.arguments).toEqual({ 'x-queue-type': 'quorum', 'x-dead-letter-exchange': 'dlx' });
    expect(sut.bindings.filter((binding) => binding.queue === 'ev.shop')).toEqual([
      { queue: 'ev.shop', exchange: 'events', key: 'a.b.c.v1' },
      { queue: 'ev.shop', exchange: 'events', key: 'd.e.f.v1' },
    ]);
  });

  it('should declare only what is used', () => {
    const idle = topologyOf({ service: 'idle', eventNames: [], answersCalls: false });
    expect(idle).toEqual(sharedTopology());
    expect(idle.queues.map(({ name }) => name)).toEqual([
      'parking',
      ...DEFAULT_LADDER.map(({ name }) => `retry.${name}`),
    ]);
  });

  it('should make a rung return messages to where their routing key says', () => {
    const rung = queue('retry.10s')!.arguments;
    expect(rung).toMatchObject({ 'x-message-ttl': 10_000, 'x-dead-letter-exchange': '' });
    expect(rung).not.toHaveProperty('x-dead-letter-routing-key');
  });

  it('should never use a delivery limit of -1, which makes RabbitMQ 3.10 drop messages', () => {
    for (const { arguments: given } of sut.queues) {
      const limit = given['x-delivery-limit'];
      if (limit !== undefined) expect(limit).toBeGreaterThan(1_000);
    }
  });

  it('should ask for a single active consumer only when told to', () => {
    const single = topologyOf({ service: 's', eventNames: ['a'], answersCalls: false, singleActiveConsumer: true });
    expect(single.queues.at(-1)?.arguments).toHaveProperty('x-single-active-consumer', true);
    expect(queue('ev.shop')?.arguments).not.toHaveProperty('x-single-active-consumer');
  });

  it('should let each consumer declare its own queue only', () => {
    const own = topologyForQueue(sut, 'ev.shop');
    expect(own.queues.map(({ name }) => name)).toEqual(['ev.shop']);
    expect(own.bindings.map(({ key }) => key)).toEqual(['a.b.c.v1', 'd.e.f.v1']);
    expect(own.exchanges).toEqual(sut.exchanges);
  });
});
