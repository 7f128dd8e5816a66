import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateKeyWindow1795136001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS key_window (
        key_id VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        minute INT UNSIGNED NOT NULL,
        used INT UNSIGNED NOT NULL,
        receipt BIGINT UNSIGNED NOT NULL,
        PRIMARY KEY (key_id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS key_window');
  }
}
