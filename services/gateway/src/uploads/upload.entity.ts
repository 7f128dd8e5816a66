import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

const KEY = { charset: 'utf8mb4', collation: 'utf8mb4_bin' } as const;

/** An upload in pieces. How much of it is stored is known to the blob store alone. */
@Entity('upload')
@Index('upload_by_tenant', ['tenant', 'created_at'])
@Index('upload_by_expiry', ['expires_at'])
export class UploadEntity {
  @PrimaryColumn({ type: 'varchar', length: 36, ...KEY })
  id: string;

  @Column({ type: 'varchar', length: 64, ...KEY })
  tenant: string;

  @Column({ type: 'bigint', unsigned: true })
  bytes: number;

  @Column({ type: 'varchar', length: 2000, ...KEY })
  metadata: string;

  /** Absent until the blob store has made the file. */
  @Column({ type: 'varchar', length: 1024, nullable: true, ...KEY })
  handle: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true, ...KEY })
  sha256: string | null;

  @Column({ type: 'int', unsigned: true, nullable: true })
  crc32: number | null;

  /** The request that writes, and until when nobody else may. */
  @Column({ type: 'varchar', length: 36, nullable: true, ...KEY })
  holder: string | null;

  @Column({ type: 'datetime', precision: 3, nullable: true })
  held_until: Date | null;

  @Column({ type: 'datetime', precision: 3 })
  created_at: Date;

  @Column({ type: 'datetime', precision: 3 })
  expires_at: Date;
}

/** A row per tenant, to be locked while its quota is looked at. */
@Entity('upload_tenant')
export class UploadTenantEntity {
  @PrimaryColumn({ type: 'varchar', length: 64, ...KEY })
  tenant: string;
}
