import type { MigrationInterface, QueryRunner } from 'typeorm';
import { INBOX_TABLE_SQL, OUTBOX_TABLE_SQL } from '#libs/messaging';

export class CreateMessagingTables1795150000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTBOX_TABLE_SQL);
    await runner.query(INBOX_TABLE_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS outbox');
    await runner.query('DROP TABLE IF EXISTS inbox');
  }
}
