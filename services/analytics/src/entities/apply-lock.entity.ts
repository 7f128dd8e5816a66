import { Entity, PrimaryColumn } from 'typeorm';

@Entity('apply_lock')
export class ApplyLockEntity {
  @PrimaryColumn({ type: 'tinyint', unsigned: true })
  id: number;
}
