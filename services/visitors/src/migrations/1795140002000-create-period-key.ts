import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePeriodKey1795140002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS period_key (
        period INT NOT NULL,
        secret BINARY(32) NOT NULL,
        PRIMARY KEY (period)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS period_key');
  }
}
