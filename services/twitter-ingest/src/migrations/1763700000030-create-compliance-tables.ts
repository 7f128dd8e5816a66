import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

export class CreateComplianceTables1763700000030 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS compliance_block (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        source TINYINT NOT NULL,
        first_id BIGINT NOT NULL,
        last_id BIGINT NOT NULL,
        known_at DATETIME(3) NOT NULL,
        checked_at DATETIME(3) NULL,
        due_at DATETIME(3) NOT NULL,
        fence INT NOT NULL DEFAULT 0,
        lease_until DATETIME(6) NULL,
        UNIQUE INDEX compliance_block_first_id (source, first_id),
        INDEX compliance_block_due_at (source, due_at)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS compliance_scan (
        source TINYINT NOT NULL PRIMARY KEY,
        scanned_id BIGINT NOT NULL,
        ceiling_id BIGINT NOT NULL,
        ceiling_at DATETIME(3) NOT NULL,
        is_backlog TINYINT NOT NULL
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['scan', 'block']) await runner.query(`DROP TABLE IF EXISTS compliance_${table}`);
  }
}
