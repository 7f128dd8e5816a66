import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateVisitReferrer1795140009000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS visit_referrer (
        site_id SMALLINT UNSIGNED NOT NULL,
        day INT NOT NULL,
        host VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        hits BIGINT NOT NULL,
        PRIMARY KEY (site_id, day, host)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS visit_referrer');
  }
}
