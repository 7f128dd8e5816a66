import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateVisitorDay1795140003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS visitor_day (
        day INT NOT NULL,
        site_id SMALLINT UNSIGNED NOT NULL,
        visitor BINARY(16) NOT NULL,
        PRIMARY KEY (day, site_id, visitor)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS visitor_day');
  }
}
