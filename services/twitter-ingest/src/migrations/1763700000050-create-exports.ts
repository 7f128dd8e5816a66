import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin';

export class CreateExports1763700000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS export_quota (
        subject VARCHAR(64) NOT NULL,
        kind VARCHAR(10) NOT NULL,
        utc_day DATE NOT NULL,
        used INT NOT NULL,
        PRIMARY KEY (subject, kind, utc_day)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS export_pseudonym_key (
        tenant VARCHAR(64) NOT NULL PRIMARY KEY,
        secret VARBINARY(32) NOT NULL,
        created_at DATETIME(3) NOT NULL
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS export_pseudonym_key');
    await runner.query('DROP TABLE IF EXISTS export_quota');
  }
}
