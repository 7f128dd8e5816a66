import type { EventContract } from '#libs/contracts';
import { messageOf, sleep, type SqlExecutor } from '#libs/kernel';
import { contextFromHeaders, createLogger, runInContext } from '#libs/observability';
import type { AmqpPublisher } from './amqp-publisher.js';
import type { Headers } from './headers.js';
import { Limiter } from './limiter.js';
import { PublishError } from './messaging.errors.js';
import { outboxFailures, outboxOldestAge, outboxPending, outboxPublished, outboxPurged } from './outbox.metrics.js';
import { isRefusal, marksOf, pauseMs, type Attempt } from './outbox-relay.policy.js';
import {
  claimRows,
  pendingStats,
  purgeInbox,
  purgePublished,
  tablesOf,
  writeMarks,
  type OutboxDatabase,
  type OutboxRow,
} from './outbox-store.js';
import { encodeEvent } from './packet.js';
import { EVENTS_EXCHANGE, eventQueueOf } from './topology.js';

const log = createLogger('OutboxRelay');

/** Messages on the wire at the same time: bounds memory at 100 x 256 KiB. */
const WINDOW = 100;
const AWAY_PAUSE_MS = 500;
const STATS_INTERVAL_MS = 5_000;
const PURGE_INTERVAL_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

export interface OutboxRelayOptions {
  /** Events the schema may hold, for the queues that must not miss them. */
  announces?: readonly EventContract[];
  outboxRetentionMs?: number;
  inboxRetentionMs?: number;
}

/**
 * Publishes stored events, at least once, in the order of their ids as far as the broker takes them. Any number of
 * relays may run on one schema: each row is locked by one of them until it is marked. Published rows are deleted after
 * 24 hours, inbox rows after 30 days.
 */
export class OutboxRelay {
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private running: Promise<unknown> | undefined;
  private idleRounds = 0;
  /** By event, where there is more than one: about a single queue the broker's `mandatory` tells as much. */
  private readonly queues: ReadonlyMap<string, readonly string[]>;

  constructor(
    private readonly publisher: Pick<AmqpPublisher, 'publish' | 'refusal' | 'hasQueue'>,
    private readonly options: OutboxRelayOptions = {},
  ) {
    const shared = (options.announces ?? []).filter(({ heardBy }) => heardBy.length > 1);
    this.queues = new Map(shared.map(({ name, heardBy }) => [name, heardBy.map((hearer) => eventQueueOf(hearer))]));
  }

  /** Starts to publish what is in the schema. */
  start(database: OutboxDatabase): void {
    this.running ??= Promise.all([this.relay(database), this.watch(database)]);
  }

  /** Says that a transaction with events has been committed: they go out at once and not with the next poll. */
  poke(): void {
    this.idleRounds = 0;
    this.wakeUp.abort();
  }

  /** Resolves when the claim in hand is done. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeUp.abort();
    await this.running;
  }

  /** One claim. @returns how many rows it took and how many of them are published */
  async runOnce(database: OutboxDatabase): Promise<{ claimed: number; published: number }> {
    return database.transaction(async (tx) => {
      const rows = await claimRows(tx);
      if (rows.length === 0) return { claimed: 0, published: 0 };
      const missing = await this.missingQueues(new Set(rows.map(({ routing_key }) => routing_key)));
      const limiter = new Limiter(WINDOW);
      const results = await Promise.all(rows.map((row) => limiter.run(() => this.publish(row, missing))));
      const marks = marksOf(results);
      await writeMarks(tx, marks);
      return { claimed: rows.length, published: marks.published.length };
    });
  }

  private async relay(database: OutboxDatabase): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.wakeUp = new AbortController();
      if (this.stopping.signal.aborted) return;
      await sleep(await this.round(database), this.wakeUp.signal);
    }
  }

  /** @returns milliseconds until the next round */
  private async round(database: OutboxDatabase): Promise<number> {
    if (this.publisher.refusal) return AWAY_PAUSE_MS;
    try {
      const { claimed, published } = await this.runOnce(database);
      this.idleRounds = claimed > 0 ? 0 : this.idleRounds + 1;
      return pauseMs(claimed, published, this.idleRounds);
    } catch (error) {
      log.warn('the outbox cannot be relayed', { event: { action: 'outbox.relay', outcome: 'failure' } }, error);
      return AWAY_PAUSE_MS;
    }
  }

  /** By event, a queue that would miss it: not declared yet by a service that never ran, or deleted. */
  private async missingQueues(events: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const missing = new Map<string, string>();
    for (const event of events) {
      for (const queue of this.queues.get(event) ?? []) {
        if (await this.publisher.hasQueue(queue)) continue;
        missing.set(event, queue);
        break;
      }
    }
    return missing;
  }

  private async publish(row: OutboxRow, missing: ReadonlyMap<string, string>): Promise<Attempt> {
    const headers = JSON.parse(row.headers) as Headers;
    const result = { id: row.id, attempts: row.attempts };
    return runInContext(contextFromHeaders(headers), async () => {
      try {
        const queue = missing.get(row.routing_key);
        if (queue !== undefined) throw new PublishError('unroutable', `${queue} is missing and would miss it`);
        await this.publisher.publish({
          exchange: EVENTS_EXCHANGE,
          routingKey: row.routing_key,
          content: encodeEvent(row.routing_key, row.payload),
          options: {
            headers,
            messageId: row.event_id,
            type: row.routing_key,
            timestamp: Math.floor(Date.now() / 1_000),
          },
        });
      } catch (error) {
        this.failed(row, error);
        return { ...result, error };
      }
      outboxPublished.inc({ event: row.routing_key });
      log.debug('event published', {
        event: { action: 'outbox.publish', outcome: 'success' },
        labels: { event_name: row.routing_key, message_id: row.event_id },
      });
      return { ...result, error: undefined };
    });
  }

  private failed(row: OutboxRow, error: unknown): void {
    const reason = error instanceof PublishError ? error.reason : 'invalid';
    outboxFailures.inc({ event: row.routing_key, reason });
    const fields = {
      event: { action: 'outbox.publish', outcome: 'failure' },
      labels: { event_name: row.routing_key, message_id: row.event_id, reason, attempts: row.attempts + 1 },
    };
    if (isRefusal(error)) log.warn('an event cannot be published; it stays in the outbox', fields, error);
    else log.debug('an event is not published yet', fields);
  }

  private async watch(database: OutboxDatabase): Promise<void> {
    let purgeAt = 0;
    while (!this.stopping.signal.aborted) {
      try {
        await database.transaction((tx) => this.measure(tx));
        if (Date.now() >= purgeAt) {
          purgeAt = Date.now() + PURGE_INTERVAL_MS;
          await this.purge(database);
        }
      } catch (error) {
        log.debug('the outbox cannot be measured', { labels: { reason: messageOf(error) } });
      }
      await sleep(STATS_INTERVAL_MS, this.stopping.signal);
    }
  }

  private async measure(tx: SqlExecutor): Promise<void> {
    const { pending, oldestAgeSeconds } = await pendingStats(tx);
    outboxPending.set({}, pending);
    outboxOldestAge.set({}, oldestAgeSeconds);
  }

  private async purge(database: OutboxDatabase): Promise<void> {
    const { outboxRetentionMs = DAY_MS, inboxRetentionMs = 30 * DAY_MS } = this.options;
    const tables = await database.transaction(tablesOf);
    const rounds = [
      ...(tables.outbox ? [(tx: SqlExecutor) => purgePublished(tx, outboxRetentionMs)] : []),
      ...(tables.inbox ? [(tx: SqlExecutor) => purgeInbox(tx, inboxRetentionMs)] : []),
    ];
    for (const round of rounds) {
      for (;;) {
        const deleted = await database.transaction(round);
        outboxPurged.inc({}, deleted);
        if (deleted < 1_000 || this.stopping.signal.aborted) break;
      }
    }
  }
}
