import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The file a task reads. What it makes is in the row of its job. */
@Entity('task_file')
@Index('task_file_blob', ['blobRef'])
export class TaskFileEntity {
  @PrimaryColumn({ name: 'job_id', type: 'char', length: 36 })
  jobId: string;

  @Column({ name: 'blob_ref', type: 'char', length: 64 })
  blobRef: string;
}
