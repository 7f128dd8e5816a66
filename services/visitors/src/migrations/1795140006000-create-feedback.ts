import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateFeedback1795140006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS feedback (
        id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        tenant VARCHAR(64) NOT NULL,
        message TEXT NOT NULL,
        email VARCHAR(254) NULL,
        page VARCHAR(500) NULL,
        created_at DATETIME(3) NOT NULL,
        mail_state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        mail_attempts INT NOT NULL DEFAULT 0,
        mail_fence INT NOT NULL DEFAULT 0,
        mail_due_at DATETIME(3) NULL,
        mailed_at DATETIME(3) NULL,
        PRIMARY KEY (id),
        KEY feedback_by_time (created_at, id),
        KEY feedback_by_mail (mail_state, mail_due_at)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS feedback');
  }
}
