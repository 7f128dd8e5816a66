import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTaskEvents1795150003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS task_event (
        id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
        job_id CHAR(36) NOT NULL,
        event_json TEXT NOT NULL,
        PRIMARY KEY (id),
        INDEX task_event_job (job_id, id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS task_event');
  }
}
