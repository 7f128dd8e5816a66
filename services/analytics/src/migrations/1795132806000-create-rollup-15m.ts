import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRollup15m1795132806000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS rollup_15m (
        tag_id INT UNSIGNED NOT NULL,
        bucket INT NOT NULL,
        source TINYINT UNSIGNED NOT NULL,
        original INT NOT NULL,
        reply INT NOT NULL,
        quote INT NOT NULL,
        repost INT NOT NULL,
        PRIMARY KEY (tag_id, bucket, source)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS rollup_15m');
  }
}
