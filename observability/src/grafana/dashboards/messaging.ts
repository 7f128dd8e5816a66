import * as units from '@grafana/grafana-foundation-sdk/units';
import type { DashboardSpec, RowSpec } from '../model/dashboard-spec.js';
import { chart, percentiles, query, stat, tail } from '../model/panels.js';
import { broker, max, ours, queues, sum } from '../model/promql.js';
import { BROKER_VARIABLE, serviceVariables } from '../model/variables.js';

const HANDLED = 'messaging_process_duration_seconds';
const LAG = 'messaging_queue_lag_seconds';

const alarms: RowSpec = {
  title: 'Broker now',
  height: 5,
  panels: [
    stat('Waiting', 'Messages in all queues that nobody has yet.', units.Short, 4, [
      query('ready', sum([], broker.of('rabbitmq_queue_messages_ready'))),
    ]),
    stat('With consumers', 'Messages a consumer has and has not settled.', units.Short, 4, [
      query('unacked', sum([], broker.of('rabbitmq_queue_messages_unacked'))),
    ]),
    stat(
      'Parked',
      'Messages in the parking queue: each waits for a person.',
      units.Short,
      4,
      [query('parked', sum([], queues.of('rabbitmq_detailed_queue_messages_ready', 'queue="parking"')))],
      { alerts: ['ParkingNotEmpty'], thresholds: [{ value: 1, colour: 'red' }] },
    ),
    stat(
      'Memory alarm',
      '1 while the broker takes no messages because it has no memory left.',
      units.BoolYesNo,
      4,
      [query('alarm', max([], broker.of('rabbitmq_alarms_memory_used_watermark')))],
      { alerts: ['RabbitMqMemoryAlarm'], thresholds: [{ value: 1, colour: 'red' }] },
    ),
    stat(
      'Disk alarm',
      '1 while the broker takes no messages because its disk is nearly full.',
      units.BoolYesNo,
      4,
      [query('alarm', max([], broker.of('rabbitmq_alarms_free_disk_space_watermark')))],
      { alerts: ['RabbitMqDiskAlarm'], thresholds: [{ value: 1, colour: 'red' }] },
    ),
    stat(
      'Publishers held back',
      'Processes the broker has told to wait because of an alarm.',
      units.Short,
      4,
      [query('blocked', sum([], ours.of('messaging_publishers_blocked')))],
      { thresholds: [{ value: 1, colour: 'red' }] },
    ),
  ],
};

const queueRow: RowSpec = {
  title: 'Queues',
  height: 8,
  panels: [
    chart(
      'Waiting by queue',
      'Messages nobody has yet. A queue that only grows: its consumer is away, too slow, or deaf.',
      units.Short,
      8,
      [query('{{queue}}', sum(['queue'], queues.of('rabbitmq_detailed_queue_messages_ready')))],
      { alerts: ['QueueGrowing'] },
    ),
    chart(
      'Unsettled by queue',
      'Messages that consumers hold. Many and none handled: a handler is stuck.',
      units.Short,
      8,
      [query('{{queue}}', sum(['queue'], queues.of('rabbitmq_detailed_queue_messages_unacked')))],
      { alerts: ['StuckConsumer'] },
    ),
    chart(
      'Consumers by queue',
      'Who listens. 0 at a queue of a service: it is down; there and nothing handled: it is deaf.',
      units.Short,
      8,
      [query('{{queue}}', sum(['queue'], queues.of('rabbitmq_detailed_queue_consumers')))],
      { alerts: ['DeafConsumer'] },
    ),
  ],
};

const brokerRow: RowSpec = {
  title: 'Broker',
  height: 8,
  panels: [
    chart('Messages', 'What the broker took, passed on and saw settled per second.', units.MessagesPerSecond, 8, [
      query('received', broker.ratePer([], 'rabbitmq_global_messages_received_total')),
      query('delivered', broker.ratePer([], 'rabbitmq_global_messages_delivered_total')),
      query('acknowledged', broker.ratePer([], 'rabbitmq_global_messages_acknowledged_total')),
      query('redelivered', broker.ratePer([], 'rabbitmq_global_messages_redelivered_total')),
    ]),
    chart(
      'Unroutable',
      'Messages no queue took. Returned: the publisher knows and tries again. Dropped: they are lost.',
      units.MessagesPerSecond,
      8,
      [
        query('returned', broker.ratePer([], 'rabbitmq_global_messages_unroutable_returned_total')),
        query('dropped', broker.ratePer([], 'rabbitmq_global_messages_unroutable_dropped_total')),
      ],
      { alerts: ['MessagesUnroutable'] },
    ),
    chart(
      'Dead letters',
      'Messages that left their queue unhandled, by reason: expired ones come back by the ladder.',
      units.MessagesPerSecond,
      8,
      [
        query('rejected', broker.ratePer([], 'rabbitmq_global_messages_dead_lettered_rejected_total')),
        query('expired', broker.ratePer([], 'rabbitmq_global_messages_dead_lettered_expired_total')),
        query('delivery limit', broker.ratePer([], 'rabbitmq_global_messages_dead_lettered_delivery_limit_total')),
      ],
    ),
    chart(
      'Memory',
      'Memory of the broker, and where it stops taking messages.',
      units.BytesIEC,
      8,
      [
        query('used', sum([], broker.of('rabbitmq_process_resident_memory_bytes'))),
        query('limit', sum([], broker.of('rabbitmq_resident_memory_limit_bytes'))),
      ],
      { alerts: ['RabbitMqMemoryAlarm'] },
    ),
    chart(
      'Disk',
      'Free space of the broker, and where it stops taking messages.',
      units.BytesIEC,
      8,
      [
        query('free', sum([], broker.of('rabbitmq_disk_space_available_bytes'))),
        query('limit', sum([], broker.of('rabbitmq_disk_space_available_limit_bytes'))),
      ],
      { alerts: ['RabbitMqDiskAlarm'] },
    ),
    chart(
      'Connections',
      'Connections, channels and consumers. A saw: somebody reconnects again and again.',
      units.Short,
      8,
      [
        query('connections', sum([], broker.of('rabbitmq_connections'))),
        query('channels', sum([], broker.of('rabbitmq_channels'))),
        query('consumers', sum([], broker.of('rabbitmq_consumers'))),
      ],
    ),
  ],
};

const consuming: RowSpec = {
  title: 'Handling',
  height: 8,
  panels: [
    chart(
      'Age of events',
      'How old an event is when its handler starts: the time a change needs to reach the other services.',
      units.Seconds,
      8,
      percentiles((q) => ours.quantile(q, [], LAG)),
    ),
    chart(
      'Age by event (p95)',
      'The same for each event.',
      units.Seconds,
      8,
      tail('{{event}}', ours.quantile(0.95, ['event'], LAG)),
    ),
    chart('Handled', 'Messages and batches handled per second, by queue and outcome.', units.MessagesPerSecond, 8, [
      query(
        '{{messaging_destination_name}} {{outcome}}',
        ours.ratePer(['messaging_destination_name', 'outcome'], `${HANDLED}_count`),
      ),
    ]),
    chart(
      'Duration of handling (p95)',
      'Time of handlers by queue.',
      units.Seconds,
      8,
      tail('{{messaging_destination_name}}', ours.quantile(0.95, ['messaging_destination_name'], HANDLED)),
    ),
    chart('In progress', 'Messages being handled, by queue.', units.Short, 8, [
      query('{{queue}}', sum(['queue'], ours.of('messaging_in_flight_messages'))),
    ]),
    chart('Size of batches', 'Mean number of events handled together.', units.Short, 8, [
      query('{{event}}', ours.mean(['event'], 'messaging_batch_size_messages')),
    ]),
    chart(
      'Redelivered',
      'Deliveries seen before: a consumer died or lost its connection while it had them.',
      units.Short,
      8,
      [query('{{queue}}', ours.increasePer(['queue'], 'messaging_redelivered_messages_total'))],
    ),
    chart('Had their effect already', 'Deliveries the inbox knew: nothing was done twice.', units.Short, 8, [
      query('{{consumer}}', ours.increasePer(['consumer'], 'inbox_duplicate_messages_total')),
    ]),
    chart(
      'Tried again',
      'Events sent up the retry ladder, by rung. The last rung comes before parking.',
      units.Short,
      8,
      [query('{{event}} {{step}}', ours.increasePer(['event', 'step'], 'messaging_retried_messages_total'))],
    ),
    chart(
      'Parked',
      'Messages given up, by queue and error.',
      units.Short,
      8,
      [query('{{queue}} {{code}}', ours.increasePer(['queue', 'code'], 'messaging_parked_messages_total'))],
      { alerts: ['ParkingNotEmpty'] },
    ),
    chart(
      'Consumers that ended',
      'Consumers that ended without our doing; deaf = they got nothing though there was something.',
      units.Short,
      8,
      [query('{{queue}} {{reason}}', ours.increasePer(['queue', 'reason'], 'messaging_cancelled_consumers_total'))],
      { alerts: ['DeafConsumer'] },
    ),
    chart('Reconnects', 'Connections to the broker opened again after a loss.', units.Short, 8, [
      query('{{service}} {{purpose}}', ours.increasePer(['service', 'purpose'], 'messaging_reconnects_total')),
    ]),
  ],
};

const sending: RowSpec = {
  title: 'Sending',
  height: 8,
  panels: [
    chart(
      'Oldest event not sent',
      'Age of the oldest event that is stored and not yet with the broker.',
      units.Seconds,
      8,
      [query('{{service}}', max(['service'], ours.of('outbox_oldest_pending_age_seconds')))],
      { alerts: ['OutboxOld'] },
    ),
    chart(
      'Events not sent',
      'Events that are stored and not yet with the broker.',
      units.Short,
      8,
      [query('{{service}}', max(['service'], ours.of('outbox_pending_messages')))],
      { alerts: ['OutboxOld'] },
    ),
    chart('Sent', 'Events the broker has confirmed, and events deleted after their time.', units.MessagesPerSecond, 8, [
      query('{{event}}', ours.ratePer(['event'], 'outbox_published_messages_total')),
      query('deleted', ours.ratePer([], 'outbox_purged_messages_total')),
    ]),
    chart('Failed to send', 'Attempts to publish that failed; the event stays and is tried again.', units.Short, 8, [
      query('{{event}} {{reason}}', ours.increasePer(['event', 'reason'], 'outbox_publish_failures_total')),
      query('{{exchange}} {{reason}}', ours.increasePer(['exchange', 'reason'], 'messaging_publish_failures_total')),
    ]),
    chart(
      'Returned',
      'Published messages that no queue took, as the publisher saw it.',
      units.Short,
      8,
      [query('{{exchange}}', ours.increasePer(['exchange'], 'messaging_returned_messages_total'))],
      { alerts: ['MessagesUnroutable'] },
    ),
    chart(
      'Duration of publishing (p95)',
      'Time until the broker has confirmed a message.',
      units.Seconds,
      8,
      tail(
        '{{messaging_destination_name}}',
        ours.quantile(0.95, ['messaging_destination_name'], 'messaging_publish_duration_seconds'),
      ),
    ),
  ],
};

export const messaging: DashboardSpec = {
  uid: 'mirante-messaging',
  title: 'Mirante: RabbitMQ and messages',
  description: 'The broker, its queues, and what happens to messages: age, redelivery, retry, parking.',
  tags: ['messaging'],
  variables: [...serviceVariables('messaging_publishers_blocked'), BROKER_VARIABLE],
  rows: [alarms, queueRow, brokerRow, consuming, sending],
};
