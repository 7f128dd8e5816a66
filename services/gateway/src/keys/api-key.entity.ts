import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

const NAME = { charset: 'utf8mb4', collation: 'utf8mb4_bin' } as const;

@Index('api_key_by_tenant', ['tenant', 'name'])
@Entity('api_key')
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'varchar', length: 32, ...NAME })
  id: string;

  @Column({ type: 'binary', length: 32 })
  secret_hash: Buffer;

  @Column({ type: 'varchar', length: 64, ...NAME })
  tenant: string;

  @Column({ type: 'varchar', length: 64, ...NAME })
  name: string;

  @Column({ type: 'varchar', length: 1000, ...NAME })
  scopes: string;

  @Column({ type: 'int', unsigned: true })
  requests_per_minute: number;

  @Column({ type: 'datetime', precision: 3 })
  created_at: Date;

  @Column({ type: 'datetime', precision: 3, nullable: true })
  expires_at: Date | null;

  @Column({ type: 'datetime', precision: 3, nullable: true })
  revoked_at: Date | null;

  @Column({ type: 'datetime', precision: 3, nullable: true })
  last_used_at: Date | null;
}
