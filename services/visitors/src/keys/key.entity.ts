import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The key of one day. Its row goes first when the day is closed; a day without one takes no visitors any more. */
@Entity('day_key')
export class DayKeyEntity {
  @PrimaryColumn({ type: 'int' })
  day: number;

  @Column({ type: 'binary', length: 32 })
  secret: Buffer;
}

@Entity('period_key')
export class PeriodKeyEntity {
  @PrimaryColumn({ type: 'int' })
  period: number;

  @Column({ type: 'binary', length: 32 })
  secret: Buffer;
}
