import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuthorSnapshot1795132802000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS author_snapshot (
        author_id BIGINT UNSIGNED NOT NULL,
        seen_at BIGINT NOT NULL,
        followers BIGINT UNSIGNED NOT NULL,
        PRIMARY KEY (author_id, seen_at)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS author_snapshot');
  }
}
