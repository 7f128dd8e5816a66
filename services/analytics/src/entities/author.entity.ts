import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('author')
export class AuthorEntity {
  @PrimaryColumn({ type: 'bigint', unsigned: true })
  id: number;

  @Column({ type: 'bigint' })
  rev: number;

  @Column({ type: 'tinyint', unsigned: true })
  source: number;

  @Column({ type: 'varchar', length: 512, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  ext_id: string;

  @Column({ type: 'varchar', length: 255, charset: 'utf8mb4', collation: 'utf8mb4_bin', nullable: true })
  username: string | null;

  @Column({ type: 'varchar', length: 255, charset: 'utf8mb4', collation: 'utf8mb4_bin', nullable: true })
  name: string | null;

  @Column({ type: 'char', length: 2, charset: 'ascii', collation: 'ascii_bin' })
  country: string;

  @Column({ type: 'bigint', unsigned: true, nullable: true })
  followers: number | null;

  @Column({ type: 'bigint', nullable: true })
  followers_seen_at: number | null;

  @Column({ type: 'bigint' })
  rank_key: number;

  @Column({ type: 'varbinary', length: 260 })
  order_key: Buffer;
}
