import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('author_snapshot')
export class AuthorSnapshotEntity {
  @PrimaryColumn({ type: 'bigint', unsigned: true })
  author_id: number;

  @PrimaryColumn({ type: 'bigint' })
  seen_at: number;

  @Column({ type: 'bigint', unsigned: true })
  followers: number;
}
