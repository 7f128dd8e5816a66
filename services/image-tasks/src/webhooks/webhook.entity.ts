import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Whom a tenant wants to be called when its tasks end. */
@Entity('webhook')
@Index('webhook_tenant', ['tenant'])
export class WebhookEntity {
  @PrimaryColumn({ type: 'char', length: 36 })
  id: string;

  @Column({ type: 'varchar', length: 64 })
  tenant: string;

  @Column({ type: 'varchar', length: 500 })
  url: string;

  /** Kinds of tasks, separated by commas; empty for all. */
  @Column({ type: 'varchar', length: 200 })
  kinds: string;

  /** Key of the signatures, as it was told its owner. */
  @Column({ type: 'varchar', length: 64 })
  secret: string;

  @Column({ type: 'tinyint' })
  enabled: number;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
