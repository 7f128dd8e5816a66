import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateVisitCount1795140004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS visit_count (
        site_id SMALLINT UNSIGNED NOT NULL,
        day INT NOT NULL,
        uniques BIGINT NOT NULL,
        hits BIGINT NOT NULL,
        dnt BIGINT NOT NULL,
        bots BIGINT NOT NULL,
        PRIMARY KEY (site_id, day)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS visit_count');
  }
}
