import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('feedback')
@Index('feedback_by_time', ['createdAt', 'id'])
@Index('feedback_by_mail', ['mailState', 'mailDueAt'])
export class FeedbackEntity {
  @PrimaryColumn({ type: 'char', length: 36, charset: 'ascii', collation: 'ascii_bin' })
  id: string;

  @Column({ type: 'varchar', length: 64 })
  tenant: string;

  @Column({ type: 'text' })
  message: string;

  @Column({ type: 'varchar', length: 254, nullable: true })
  email: string | null;

  @Column({ type: 'varchar', length: 500, nullable: true })
  page: string | null;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;

  /** none, waiting, sent or failed. */
  @Column({ name: 'mail_state', type: 'varchar', length: 8, charset: 'ascii', collation: 'ascii_bin' })
  mailState: string;

  @Column({ name: 'mail_attempts', type: 'int', default: 0 })
  mailAttempts: number;

  /** Grows with every claim; a worker that lost its lease can no longer write. */
  @Column({ name: 'mail_fence', type: 'int', default: 0 })
  mailFence: number;

  /** When a waiting mail may be tried: set ahead by a back-off and by the lease of whoever tries it now. */
  @Column({ name: 'mail_due_at', type: 'datetime', precision: 3, nullable: true })
  mailDueAt: Date | null;

  @Column({ name: 'mailed_at', type: 'datetime', precision: 3, nullable: true })
  mailedAt: Date | null;
}
