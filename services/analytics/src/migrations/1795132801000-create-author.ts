import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuthor1795132801000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS author (
        id BIGINT UNSIGNED NOT NULL,
        rev BIGINT NOT NULL,
        source TINYINT UNSIGNED NOT NULL,
        ext_id VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        username VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
        name VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
        country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        followers BIGINT UNSIGNED NULL,
        followers_seen_at BIGINT NULL,
        rank_key BIGINT NOT NULL,
        order_key VARBINARY(260) NOT NULL,
        PRIMARY KEY (id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS author');
  }
}
