export { AmqpClient } from './amqp-client.js';
export { AmqpServer, type SideQueue } from './amqp-server.js';
export { Broadcasts } from './broadcasts.js';
export { type EventItem } from './event-handlers.js';
export { type EventMeta } from './event-meta.js';
export { EventPublisher } from './event-publisher.js';
export { HandleRpc } from './handle-rpc.decorator.js';
export { Inbox } from './inbox.js';
export { messagingConfigSchema, type MessagingSettings } from './messaging.config.js';
export {
  HandlerMismatchError,
  MessageTooLargeError,
  PublishError,
  RetryableError,
  RpcAbortedError,
  RpcBrokerLostError,
  RpcInvalidInputError,
  RpcInvalidOutputError,
  RpcOverloadedError,
  RpcTimeoutError,
  RpcUnavailableError,
  RpcUnroutableError,
} from './messaging.errors.js';
export { MessagingModule, type MessagingModuleOptions } from './messaging.module.js';
export { OnEvent, OnEventBatch, type OnEventBatchOptions, type OnEventOptions } from './on-event.decorator.js';
export { InvalidEventError, Outbox, type OutboxAddOptions } from './outbox.js';
export { OutboxRelay } from './outbox-relay.js';
export { OUTBOX_DATABASE, type OutboxDatabase } from './outbox-store.js';
export { INBOX_TABLE_SQL, OUTBOX_TABLE_SQL } from './outbox-tables.js';
export { type ParkedMessage, type ParkingFilter } from './parked-message.js';
export { ParkingLot, type ParkingResult } from './parking-lot.js';
export { RpcClient, type CallOptions } from './rpc-client.js';
export { RpcRequestContext } from './rpc-request.context.js';
export { MAX_MESSAGE_BYTES } from './packet.js';
export {
  DEFAULT_LADDER,
  eventQueueOf,
  EVENTS_EXCHANGE,
  PARKING_QUEUE,
  rpcQueueOf,
  type RetryStep,
} from './topology.js';
