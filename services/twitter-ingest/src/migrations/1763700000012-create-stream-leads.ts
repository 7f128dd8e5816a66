import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

export class CreateStreamLeads1763700000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS stream_lead (
        stream_key VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
        owner VARCHAR(64) NOT NULL,
        fence INT NOT NULL DEFAULT 0,
        lease_until DATETIME(6) NULL,
        cursor_json MEDIUMTEXT NULL,
        seen_up_to DATETIME(3) NULL,
        opened_at DATETIME(3) NULL,
        hole_until DATETIME(3) NULL,
        wait_state VARCHAR(10) NULL,
        wait_reason VARCHAR(40) NULL,
        wait_detail VARCHAR(500) NULL,
        wait_until DATETIME(3) NULL
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS stream_lead');
  }
}
