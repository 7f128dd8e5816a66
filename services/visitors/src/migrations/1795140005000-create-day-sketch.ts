import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDaySketch1795140005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS day_sketch (
        site_id SMALLINT UNSIGNED NOT NULL,
        period INT NOT NULL,
        day INT NOT NULL,
        registers MEDIUMBLOB NOT NULL,
        PRIMARY KEY (site_id, period, day)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS day_sketch');
  }
}
