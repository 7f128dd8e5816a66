import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A change of the status of a task, kept for those who come back and ask what they have missed. */
@Entity('task_event')
@Index('task_event_job', ['jobId', 'id'])
export class TaskEventEntity {
  @PrimaryGeneratedColumn({ type: 'bigint', unsigned: true })
  id: string;

  @Column({ name: 'job_id', type: 'char', length: 36 })
  jobId: string;

  @Column({ name: 'event_json', type: 'text' })
  eventJson: string;
}
