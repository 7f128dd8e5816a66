import type { Delivery, TaskKind, Webhook } from '#libs/contracts';
import { tokenOf } from '../tasks/task-id.domain.js';
import type { DeliveryRow, WebhookRow } from './webhook.types.js';

export function kindsOf({ kinds }: Pick<WebhookRow, 'kinds'>): TaskKind[] {
  return kinds === '' ? [] : (kinds.split(',') as TaskKind[]);
}

export function webhookOf(row: WebhookRow): Webhook {
  const { id, url, enabled, created_at } = row;
  return { id, url, kinds: kindsOf(row), enabled: enabled === 1, created_at: created_at.toISOString() };
}

export function deliveryOf(row: DeliveryRow): Delivery {
  const { id, state, attempts } = row;
  return {
    ...{ id, state, attempts },
    token: tokenOf(row.job_id),
    status: row.task_status as Delivery['status'],
    answer: row.last_status,
    error: row.last_error,
    next_attempt_at: state === 'pending' ? row.next_at.toISOString() : null,
    created_at: row.created_at.toISOString(),
    delivered_at: row.delivered_at?.toISOString() ?? null,
  };
}
