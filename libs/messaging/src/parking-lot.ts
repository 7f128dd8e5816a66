import { connect, type ConfirmChannel, type GetMessage } from 'amqplib';
import { CodedError, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { declareTopology } from './declare-topology.js';
import { replayHeaders } from './headers.js';
import { describeParked, isMeant, type ParkedMessage, type ParkingFilter } from './parked-message.js';
import { PARKING, PARKING_QUEUE } from './topology.js';

const log = createLogger('ParkingLot');

/** One operation looks at no more than this; unsettled messages are held in memory on the way. */
const MAX_MESSAGES = 5_000;
const MAX_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

/** What became of the parked messages an operation looked at. */
export interface ParkingResult {
  /** Messages that were replayed or dropped. */
  done: ParkedMessage[];
  /** Messages that could not be sent back; they stay parked. */
  failed: Array<{ message: ParkedMessage; reason: string }>;
  /** True when the queue holds more than one operation looks at: run it again. */
  truncated: boolean;
}

/**
 * What an operator can do with parked messages. Each operation uses a connection of its own; messages it does not settle
 * return to their places when it ends, also when it dies.
 */
export class ParkingLot {
  constructor(private readonly url: string) {}

  /** Looks without taking; the oldest come first. */
  async list(
    filter: ParkingFilter = {},
    limit: number = 100,
  ): Promise<{ messages: ParkedMessage[]; total: number; truncated: boolean }> {
    const messages: ParkedMessage[] = [];
    const { total, truncated } = await this.scan(async (parked) => {
      if (messages.length < limit && isMeant(parked, filter)) messages.push(parked);
      return false;
    });
    return { messages, total, truncated };
  }

  /**
   * Sends messages back to the queues they failed in, as on their first delivery. A message is taken off the parking
   * queue only when its copy is confirmed, so a crash may repeat it: the inbox of the consumer sees to that.
   */
  async replay(filter: ParkingFilter): Promise<ParkingResult> {
    return this.settle(filter, 'replay', (channel, parked, message) => sendBack(channel, parked, message));
  }

  /** Deletes messages for good. */
  async drop(filter: ParkingFilter): Promise<ParkingResult> {
    return this.settle(filter, 'drop', () => Promise.resolve());
  }

  private async settle(
    filter: ParkingFilter,
    action: 'replay' | 'drop',
    work: (channel: ConfirmChannel, parked: ParkedMessage, message: GetMessage) => Promise<void>,
  ): Promise<ParkingResult> {
    const done: ParkedMessage[] = [];
    const failed: ParkingResult['failed'] = [];
    const { truncated } = await this.scan(async (parked, message, channel) => {
      if (!isMeant(parked, filter)) return false;
      try {
        await work(channel, parked, message);
      } catch (error) {
        failed.push({ message: parked, reason: (error as Error).message });
        return false;
      }
      done.push(parked);
      log.info('a parked message is settled', {
        event: { action: `parking.${action}`, outcome: 'success' },
        labels: { message_id: parked.id, event_name: parked.event, queue: parked.queue, code: parked.code },
      });
      return true;
    });
    return { done, failed, truncated };
  }

  /** Visits each message once; those for which `visit` says true are taken off the queue. */
  private async scan(
    visit: (parked: ParkedMessage, message: GetMessage, channel: ConfirmChannel) => Promise<boolean>,
  ): Promise<{ total: number; truncated: boolean }> {
    const model = await connect(this.url, { timeout: CONNECT_TIMEOUT_MS });
    model.on('error', () => undefined);
    try {
      const channel = await model.createConfirmChannel();
      channel.on('error', () => undefined);
      await declareTopology(channel, { exchanges: [], queues: [PARKING], bindings: [] });
      const { messageCount: total } = await channel.checkQueue(PARKING_QUEUE);
      let seen = 0;
      let kept = 0;
      for (let bytes = 0; seen < Math.min(total, MAX_MESSAGES) && bytes < MAX_BYTES; seen++) {
        const message = await channel.get(PARKING_QUEUE, { noAck: false });
        if (message === false) break;
        if (await visit(describeParked(message), message, channel)) channel.ack(message);
        else {
          bytes += message.content.length;
          kept++;
        }
      }
      if (kept > 0) await giveBack(channel, kept);
      await channel.close();
      return { total, truncated: seen < total && seen > 0 };
    } finally {
      await model.close().catch(() => undefined);
    }
  }
}

async function sendBack(channel: ConfirmChannel, parked: ParkedMessage, message: GetMessage): Promise<void> {
  if (parked.queue === '')
    throw new CodedError('PARKING.NO_ORIGIN', 'gone', 'the message does not say where it failed');
  const { headers, messageId, timestamp, type, contentType } = message.properties;
  let returned = false;
  const onReturn = () => (returned = true);
  channel.on('return', onReturn);
  try {
    await new Promise<void>((resolve, reject) => {
      const options = {
        persistent: true,
        mandatory: true,
        headers: replayHeaders(headers),
        ...(messageId && { messageId: String(messageId) }),
        ...(timestamp && { timestamp: Number(timestamp) }),
        ...(type && { type: String(type) }),
        ...(contentType && { contentType: String(contentType) }),
      };
      channel.publish('', parked.queue, message.content, options, (error: unknown) =>
        error ? reject(error as Error) : resolve(),
      );
    });
  } finally {
    channel.off('return', onReturn);
  }
  if (returned) throw new CodedError('PARKING.UNROUTABLE', 'unavailable', `the queue ${parked.queue} does not exist`);
}

/** Returns what is not settled, and waits (a second at most) until the next reader can see it. */
async function giveBack(channel: ConfirmChannel, kept: number): Promise<void> {
  channel.nackAll(true);
  for (const giveUp = Date.now() + 1_000; Date.now() < giveUp; await sleep(10)) {
    if ((await channel.checkQueue(PARKING_QUEUE)).messageCount >= kept) return;
  }
}
