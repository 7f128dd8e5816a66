import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePostFact1795132803000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS post_fact (
        tag_id INT UNSIGNED NOT NULL,
        posted_at BIGINT NOT NULL,
        post_id BIGINT UNSIGNED NOT NULL,
        rev BIGINT NOT NULL,
        author_id BIGINT UNSIGNED NOT NULL,
        source TINYINT UNSIGNED NOT NULL,
        kind TINYINT UNSIGNED NOT NULL,
        origins TINYINT UNSIGNED NOT NULL,
        lang VARCHAR(35) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        PRIMARY KEY (tag_id, posted_at, post_id),
        KEY post_fact_by_post (post_id)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS post_fact');
  }
}
