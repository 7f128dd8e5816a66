import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTaskFile1795150002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS task_file (
        job_id CHAR(36) NOT NULL,
        blob_ref CHAR(64) NOT NULL,
        PRIMARY KEY (job_id),
        INDEX task_file_blob (blob_ref)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS task_file');
  }
}
