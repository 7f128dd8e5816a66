import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePostTombstone1795132804000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS post_tombstone (
        post_id BIGINT UNSIGNED NOT NULL,
        rev BIGINT NOT NULL,
        PRIMARY KEY (post_id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS post_tombstone');
  }
}
