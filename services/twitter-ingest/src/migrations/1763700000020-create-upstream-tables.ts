import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

export class CreateUpstreamTables1763700000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS upstream_spend (
        utc_day DATE NOT NULL,
        source TINYINT NOT NULL,
        part_id BIGINT NOT NULL,
        micro_usd BIGINT NOT NULL,
        posts INT NOT NULL,
        users INT NOT NULL,
        PRIMARY KEY (utc_day, source, part_id),
        INDEX upstream_spend_part_id (part_id)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS upstream_reservation (
        id CHAR(36) NOT NULL PRIMARY KEY,
        utc_day DATE NOT NULL,
        source TINYINT NOT NULL,
        part_id BIGINT NOT NULL,
        page_key VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        micro_usd BIGINT NOT NULL,
        page_size SMALLINT NOT NULL,
        is_standing TINYINT NOT NULL,
        request TEXT NOT NULL,
        made_at DATETIME(3) NOT NULL,
        INDEX upstream_reservation_part_id (part_id),
        INDEX upstream_reservation_utc_day (utc_day, source)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS upstream_billed (
        utc_day DATE NOT NULL,
        source TINYINT NOT NULL,
        kind TINYINT NOT NULL,
        ext_id VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        PRIMARY KEY (utc_day, source, kind, ext_id)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS upstream_quota (
        credential CHAR(16) NOT NULL,
        endpoint VARCHAR(40) NOT NULL,
        max_requests INT NOT NULL,
        remaining INT NOT NULL,
        reset_at DATETIME(3) NOT NULL,
        is_guess TINYINT NOT NULL,
        next_at DATETIME(3) NOT NULL,
        PRIMARY KEY (credential, endpoint)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS upstream_halt (
        credential CHAR(16) NOT NULL PRIMARY KEY,
        source TINYINT NOT NULL,
        reason VARCHAR(30) NOT NULL,
        detail VARCHAR(500) NOT NULL,
        halted_until DATETIME(3) NULL,
        halted_at DATETIME(3) NOT NULL,
        probe_at DATETIME(3) NOT NULL
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS upstream_page_size (
        part_id BIGINT NOT NULL PRIMARY KEY,
        page_size SMALLINT NOT NULL,
        failures SMALLINT NOT NULL,
        changed_at DATETIME(3) NOT NULL
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['page_size', 'halt', 'quota', 'billed', 'reservation', 'spend'];
    for (const table of tables) await runner.query(`DROP TABLE IF EXISTS upstream_${table}`);
  }
}
