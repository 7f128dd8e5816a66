import type { MigrationInterface, QueryRunner } from 'typeorm';

const KEY = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

export class CreateUpload1795136002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS upload (
        id VARCHAR(36) ${KEY} NOT NULL,
        tenant VARCHAR(64) ${KEY} NOT NULL,
        bytes BIGINT UNSIGNED NOT NULL,
        metadata VARCHAR(2000) ${KEY} NOT NULL,
        handle VARCHAR(1024) ${KEY} NULL,
        sha256 VARCHAR(64) ${KEY} NULL,
        crc32 INT UNSIGNED NULL,
        holder VARCHAR(36) ${KEY} NULL,
        held_until DATETIME(3) NULL,
        created_at DATETIME(3) NOT NULL,
        expires_at DATETIME(3) NOT NULL,
        PRIMARY KEY (id),
        KEY upload_by_tenant (tenant, created_at),
        KEY upload_by_expiry (expires_at)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS upload');
  }
}
