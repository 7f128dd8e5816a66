import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

export class CreateCaptures1763700000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS capture (
        id CHAR(36) NOT NULL PRIMARY KEY,
        tenant VARCHAR(64) NOT NULL,
        tag VARCHAR(139) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        mode VARCHAR(10) NOT NULL,
        every_seconds INT NULL,
        from_at DATETIME(3) NULL,
        budget_micro_usd BIGINT NULL,
        sources VARCHAR(200) NOT NULL,
        estimate_json TEXT NOT NULL,
        is_paused TINYINT NOT NULL DEFAULT 0,
        traceparent VARCHAR(64) NOT NULL,
        request_id VARCHAR(128) NOT NULL,
        created_at DATETIME(3) NOT NULL,
        finished_at DATETIME(3) NULL,
        deleted_at DATETIME(3) NULL,
        INDEX capture_tenant (tenant, created_at, id)
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS capture');
  }
}
