import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One call of a webhook, until it has succeeded or was given up. */
@Entity('webhook_delivery')
@Index('webhook_delivery_due', ['state', 'nextAt'])
@Index('webhook_delivery_webhook', ['webhookId', 'createdAt'])
export class WebhookDeliveryEntity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id: string;

  @Column({ name: 'webhook_id', type: 'char', length: 36 })
  webhookId: string;

  @Column({ name: 'job_id', type: 'char', length: 36 })
  jobId: string;

  @Column({ name: 'task_status', type: 'varchar', length: 16 })
  taskStatus: string;

  /** What is sent; every attempt sends the same bytes. */
  @Column({ name: 'body_json', type: 'mediumtext' })
  bodyJson: string;

  @Column({ type: 'varchar', length: 16 })
  state: string;

  @Column({ type: 'smallint', unsigned: true })
  attempts: number;

  /** Of the next attempt; while one is under way, when it counts as lost. */
  @Column({ name: 'next_at', type: 'datetime', precision: 3 })
  nextAt: Date;

  @Column({ name: 'last_status', type: 'smallint', unsigned: true, nullable: true })
  lastStatus: number | null;

  @Column({ name: 'last_error', type: 'varchar', length: 200, nullable: true })
  lastError: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  @Column({ name: 'delivered_at', type: 'datetime', precision: 3, nullable: true })
  deliveredAt: Date | null;
}
