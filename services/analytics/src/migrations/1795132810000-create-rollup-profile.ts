import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRollupProfile1795132810000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS rollup_profile (
        tag_id INT UNSIGNED NOT NULL,
        source TINYINT UNSIGNED NOT NULL,
        country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        authors INT NOT NULL,
        PRIMARY KEY (tag_id, source, country)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS rollup_profile');
  }
}
