import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateWebhooks1795150004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS webhook (
        id CHAR(36) NOT NULL,
        tenant VARCHAR(64) NOT NULL,
        url VARCHAR(500) NOT NULL,
        kinds VARCHAR(200) NOT NULL,
        secret VARCHAR(64) NOT NULL,
        enabled TINYINT NOT NULL,
        created_at DATETIME(3) NOT NULL,
        PRIMARY KEY (id),
        INDEX webhook_tenant (tenant)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS webhook_delivery (
        id CHAR(36) NOT NULL,
        webhook_id CHAR(36) NOT NULL,
        job_id CHAR(36) NOT NULL,
        task_status VARCHAR(16) NOT NULL,
        body_json MEDIUMTEXT NOT NULL,
        state VARCHAR(16) NOT NULL,
        attempts SMALLINT UNSIGNED NOT NULL,
        next_at DATETIME(3) NOT NULL,
        last_status SMALLINT UNSIGNED NULL,
        last_error VARCHAR(200) NULL,
        created_at DATETIME(3) NOT NULL,
        delivered_at DATETIME(3) NULL,
        PRIMARY KEY (id),
        INDEX webhook_delivery_due (state, next_at),
        INDEX webhook_delivery_webhook (webhook_id, created_at)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS webhook_delivery');
    await runner.query('DROP TABLE IF EXISTS webhook');
  }
}
