import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRollupCotagDay1795132809000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS rollup_cotag_day (
        tag_id INT UNSIGNED NOT NULL,
        day INT NOT NULL,
        co_tag_id INT UNSIGNED NOT NULL,
        source TINYINT UNSIGNED NOT NULL,
        original INT NOT NULL,
        reply INT NOT NULL,
        quote INT NOT NULL,
        repost INT NOT NULL,
        PRIMARY KEY (tag_id, day, co_tag_id, source)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS rollup_cotag_day');
  }
}
