import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

@Entity('author')
@Index('author_source_ext_id', ['source', 'extId'], { unique: true })
export class AuthorEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id: number;

  @Column({ type: 'tinyint' })
  source: number;

  @Column({ name: 'ext_id', type: 'varchar', length: 512, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  extId: string;

  @Column({ type: 'varchar', length: 255, nullable: true })
  username: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  name: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  location: string | null;

  @Column({ type: 'char', length: 2, nullable: true })
  country: string | null;

  @Column({ type: 'bigint', nullable: true })
  followers: number | null;

  @Column({ name: 'followers_seen_at', type: 'datetime', precision: 3, nullable: true })
  followersSeenAt: Date | null;

  @Column({ name: 'followers_import', type: 'char', length: 36, nullable: true })
  followersImport: string | null;

  @Column({ type: 'int' })
  rev: number;
}
