import type { MigrationInterface, QueryRunner } from 'typeorm';
import { INBOX_TABLE_SQL } from '#libs/messaging';

export class CreateInbox1795140007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INBOX_TABLE_SQL);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS inbox');
  }
}
