import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

export class CreateCaptureParts1763700000011 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS capture_part (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        capture_id CHAR(36) NOT NULL,
        source VARCHAR(16) NOT NULL,
        stored_as VARCHAR(16) NOT NULL,
        target VARCHAR(255) NOT NULL,
        state VARCHAR(10) NOT NULL,
        phase VARCHAR(10) NOT NULL,
        checkpoint_json MEDIUMTEXT NULL,
        is_held TINYINT NOT NULL DEFAULT 0,
        next_step_at DATETIME(6) NULL,
        lease_until DATETIME(6) NULL,
        fence INT NOT NULL DEFAULT 0,
        pokes INT NOT NULL DEFAULT 0,
        attempts INT NOT NULL DEFAULT 0,
        wait_reason VARCHAR(40) NULL,
        wait_detail VARCHAR(500) NULL,
        wait_until DATETIME(3) NULL,
        posts_new BIGINT NOT NULL DEFAULT 0,
        posts_duplicate BIGINT NOT NULL DEFAULT 0,
        posts_invalid BIGINT NOT NULL DEFAULT 0,
        posts_deleted BIGINT NOT NULL DEFAULT 0,
        requests BIGINT NOT NULL DEFAULT 0,
        spent_micro_usd BIGINT NOT NULL DEFAULT 0,
        seen_up_to DATETIME(3) NULL,
        polled_at DATETIME(3) NULL,
        last_post_at DATETIME(3) NULL,
        UNIQUE INDEX capture_part_target (capture_id, source, target),
        INDEX capture_part_due (is_held, next_step_at),
        INDEX capture_part_source (source, state)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS capture_gap (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        capture_id CHAR(36) NOT NULL,
        part_id BIGINT NOT NULL,
        from_at DATETIME(3) NOT NULL,
        to_at DATETIME(3) NOT NULL,
        reason VARCHAR(100) NOT NULL,
        INDEX capture_gap_capture (capture_id, from_at)
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS capture_gap');
    await runner.query('DROP TABLE IF EXISTS capture_part');
  }
}
