import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('key_window')
export class KeyWindowEntity {
  @PrimaryColumn({ type: 'varchar', length: 32, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  key_id: string;

  @Column({ type: 'int', unsigned: true })
  minute: number;

  @Column({ type: 'int', unsigned: true })
  used: number;

  @Column({ type: 'bigint', unsigned: true })
  receipt: number;
}
