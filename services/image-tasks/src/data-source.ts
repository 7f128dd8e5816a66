import { JOB_ENTITIES } from '#libs/jobs';
import type { DataSourceParts } from '#libs/persistence';
import { TaskEventEntity } from './events/task-event.entity.js';
import { TaskFileEntity } from './files/task-file.entity.js';
import { MIGRATIONS } from './migrations/index.js';
import { WebhookDeliveryEntity } from './webhooks/webhook-delivery.entity.js';
import { WebhookEntity } from './webhooks/webhook.entity.js';

/** Everything in the schema of this service. */
export const SCHEMA: DataSourceParts = {
  entities: [...JOB_ENTITIES, TaskFileEntity, TaskEventEntity, WebhookEntity, WebhookDeliveryEntity],
  migrations: MIGRATIONS,
};
