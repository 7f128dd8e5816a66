import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

@Index('tag_by_key', ['tag_key'], { unique: true })
@Entity('tag')
export class TagEntity {
  @PrimaryGeneratedColumn({ type: 'int', unsigned: true })
  id: number;

  @Column({ type: 'varchar', length: 139, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  tag_key: string;

  @Column({ type: 'varchar', length: 139, charset: 'utf8mb4', collation: 'utf8mb4_bin' })
  spelling: string;
}
