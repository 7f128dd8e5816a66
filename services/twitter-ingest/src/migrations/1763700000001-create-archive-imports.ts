import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

export class CreateArchiveImports1763700000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS archive_import (
        id CHAR(36) NOT NULL PRIMARY KEY,
        tenant VARCHAR(64) NOT NULL,
        tag VARCHAR(200) NULL,
        blob_ref CHAR(64) NOT NULL,
        bytes BIGINT NOT NULL,
        state VARCHAR(10) NOT NULL,
        format VARCHAR(200) NULL,
        next_record BIGINT NOT NULL DEFAULT 0,
        lines_read BIGINT NOT NULL DEFAULT 0,
        posts_new BIGINT NOT NULL DEFAULT 0,
        posts_duplicate BIGINT NOT NULL DEFAULT 0,
        posts_invalid BIGINT NOT NULL DEFAULT 0,
        events_emitted INT NOT NULL DEFAULT 0,
        events_applied INT NOT NULL DEFAULT 0,
        attempts INT NOT NULL DEFAULT 0,
        fence INT NOT NULL DEFAULT 0,
        lease_until DATETIME(6) NULL,
        traceparent VARCHAR(64) NOT NULL,
        request_id VARCHAR(128) NOT NULL,
        reason VARCHAR(1000) NULL,
        created_at DATETIME(3) NOT NULL,
        finished_at DATETIME(3) NULL,
        INDEX archive_import_state (state, created_at),
        INDEX archive_import_tenant (tenant, created_at, id),
        INDEX archive_import_blob (blob_ref)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS archive_import_error (
        import_id CHAR(36) NOT NULL,
        line BIGINT NOT NULL,
        seq INT NOT NULL,
        reason VARCHAR(500) NOT NULL,
        PRIMARY KEY (import_id, line, seq)
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS archive_import_error');
    await runner.query('DROP TABLE IF EXISTS archive_import');
  }
}
