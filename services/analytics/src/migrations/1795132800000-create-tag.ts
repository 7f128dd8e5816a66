import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTag1795132800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS tag (
        id INT UNSIGNED NOT NULL AUTO_INCREMENT,
        tag_key VARCHAR(139) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        spelling VARCHAR(139) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY tag_by_key (tag_key)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS tag');
  }
}
