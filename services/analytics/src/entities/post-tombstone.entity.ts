import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('post_tombstone')
export class PostTombstoneEntity {
  @PrimaryColumn({ type: 'bigint', unsigned: true })
  post_id: number;

  @Column({ type: 'bigint' })
  rev: number;
}
