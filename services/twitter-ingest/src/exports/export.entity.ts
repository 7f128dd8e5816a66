import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Posts of X handed out to one user on one day, by kind: whole posts or ids. */
@Entity('export_quota')
export class ExportQuotaEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  subject: string;

  @PrimaryColumn({ type: 'varchar', length: 10 })
  kind: string;

  @PrimaryColumn({ name: 'utc_day', type: 'date' })
  utcDay: string;

  @Column({ type: 'int' })
  used: number;
}

/** What makes the pseudonyms of one tenant. It never leaves this schema: with it a pseudonym could be traced back. */
@Entity('export_pseudonym_key')
export class ExportPseudonymKeyEntity {
  @PrimaryColumn({ type: 'varchar', length: 64 })
  tenant: string;

  @Column({ type: 'varbinary', length: 32 })
  secret: Buffer;

  @Column({ name: 'created_at', type: 'datetime', precision: 3 })
  createdAt: Date;
}
