import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

export class CreatePostSearch1795222800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Apart from the posts: a full-text index makes an insert several times as expensive, and capturing must not wait for it.
    await runner.query(`
      CREATE TABLE IF NOT EXISTS post_search (
        post_id BIGINT NOT NULL PRIMARY KEY,
        rev INT NOT NULL,
        posted_at DATETIME(3) NOT NULL,
        words MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
        FULLTEXT INDEX post_search_words (words)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS search_state (
        id TINYINT NOT NULL PRIMARY KEY,
        target VARCHAR(100) NOT NULL,
        last_post_id BIGINT NOT NULL,
        finished_at DATETIME(3) NULL
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS search_state');
    await runner.query('DROP TABLE IF EXISTS post_search');
  }
}
