import type { Channel } from 'amqplib';
import type { Topology } from './topology.js';

/** Declares everything; repeating it changes nothing. */
export async function declareTopology(channel: Channel, topology: Topology): Promise<void> {
  for (const { name, type } of topology.exchanges) await channel.assertExchange(name, type, { durable: true });
  for (const queue of topology.queues) {
    await channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments });
  }
  for (const { queue, exchange, key } of topology.bindings) await channel.bindQueue(queue, exchange, key);
}
