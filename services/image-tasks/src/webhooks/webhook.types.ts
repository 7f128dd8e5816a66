/** A row of `webhook`. */
export interface WebhookRow {
  id: string;
  tenant: string;
  url: string;
  kinds: string;
  secret: string;
  enabled: number;
  created_at: Date;
}

/** A row of `webhook_delivery` without what is sent. */
export interface DeliveryRow {
  id: string;
  job_id: string;
  task_status: string;
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  next_at: Date;
  last_status: number | null;
  last_error: string | null;
  created_at: Date;
  delivered_at: Date | null;
}

/** An attempt that this process has taken. */
export interface Attempt {
  id: string;
  webhookId: string;
  /** 1 for the first; a result counts only while it is the latest attempt. */
  number: number;
  url: string;
  secret: string;
  body: string;
}

/** What came of an attempt. */
export interface AttemptOutcome {
  status: number | null;
  error: string | null;
}
