import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { EventContract } from '#libs/contracts';
import { CodedError, uuidv7, type SqlExecutor } from '#libs/kernel';
import { childContext, createLogger, runInContext } from '#libs/observability';
import { HEADER, type Headers } from './headers.js';
import { assertEventFits } from './packet.js';
import { outgoingTraceHeaders } from './trace-headers.js';
import { fieldProblems } from './validation.js';

const log = createLogger('Outbox');

/** What lets consumers order the events of one thing. */
export interface OutboxAddOptions {
  /** What the event is about; consumers may order by it. */
  aggregateId?: string;
  /** Grows with every event of the aggregate, so that consumers can ignore older ones. */
  aggregateSeq?: number;
}

/** The payload does not fit the contract: a bug of the producer, so nothing is stored. */
export class InvalidEventError extends CodedError {
  constructor(name: string, fields: ReadonlyArray<{ path: string; message: string }>) {
    const text = fields.map(({ path, message }) => `${path}: ${message}`).join('; ');
    super('EVENT.INVALID_PAYLOAD', 'internal', `the payload of ${name} does not fit its contract: ${text}`);
  }
}

/** Stores events in the transaction of the change they announce; {@link OutboxRelay} publishes them after the commit. */
@Injectable()
export class Outbox {
  /**
   * @param tx the transaction of the change
   * @returns the id of the event: its message id on every delivery
   * @throws InvalidEventError, MessageTooLargeError
   */
  async add<P extends z.ZodType>(
    tx: SqlExecutor,
    event: EventContract<P>,
    payload: z.input<P>,
    options: OutboxAddOptions = {},
  ): Promise<string> {
    const checked = event.payload.safeParse(payload);
    if (!checked.success) throw new InvalidEventError(event.name, fieldProblems(checked.error));
    const json = JSON.stringify(payload);
    assertEventFits(event.name, json);
    const eventId = uuidv7();
    return runInContext(childContext(), async () => {
      await tx.query(
        `INSERT INTO outbox
           (event_id, routing_key, aggregate_id, aggregate_seq, headers, created_at, available_at, payload)
         VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ${jsonLiteral(json)})`,
        [
          eventId,
          event.name,
          options.aggregateId ?? null,
          options.aggregateSeq ?? null,
          JSON.stringify(headersOf(options)),
        ],
      );
      log.debug('event stored', {
        event: { action: 'outbox.add', outcome: 'success' },
        labels: { event_name: event.name, message_id: eventId },
      });
      return eventId;
    });
  }
}

function headersOf({ aggregateId, aggregateSeq }: OutboxAddOptions): Headers {
  return {
    ...outgoingTraceHeaders(),
    [HEADER.publishedAt]: Date.now(),
    ...(aggregateId !== undefined && { [HEADER.aggregateId]: aggregateId }),
    ...(aggregateSeq !== undefined && { [HEADER.aggregateSeq]: aggregateSeq }),
  };
}

/**
 * JSON text as an SQL string. Of what a string literal treats specially JSON.stringify leaves only these two as they are;
 * the driver's own escaping looks at every quote of a payload of 100 KB and takes longer than the insert.
 */
function jsonLiteral(json: string): string {
  return `'${json.replace(/['\\]/g, '\\$&')}'`;
}
