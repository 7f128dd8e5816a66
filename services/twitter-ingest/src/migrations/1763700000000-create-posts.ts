import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

export class CreatePosts1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS author (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        source TINYINT NOT NULL,
        ext_id VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        username VARCHAR(255) NULL,
        name VARCHAR(255) NULL,
        location VARCHAR(255) NULL,
        country CHAR(2) NULL,
        followers BIGINT NULL,
        followers_seen_at DATETIME(3) NULL,
        followers_import CHAR(36) NULL,
        rev INT NOT NULL,
        UNIQUE INDEX author_source_ext_id (source, ext_id)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS post (
        id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        source TINYINT NOT NULL,
        ext_id VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        first_batch BIGINT NOT NULL,
        version VARCHAR(100) NOT NULL,
        url VARCHAR(2048) NULL,
        posted_at DATETIME(3) NOT NULL,
        kind TINYINT NOT NULL,
        ref_ext_id VARCHAR(512) NULL,
        text MEDIUMTEXT NOT NULL,
        lang VARCHAR(16) NOT NULL,
        country CHAR(2) NULL,
        author_id BIGINT NOT NULL,
        reposts INT NULL,
        replies INT NULL,
        likes INT NULL,
        quotes INT NULL,
        is_sensitive TINYINT NOT NULL,
        is_edited TINYINT NOT NULL,
        rev INT NOT NULL,
        deleted_at DATETIME(3) NULL,
        UNIQUE INDEX post_source_ext_id (source, ext_id),
        INDEX post_posted_at (posted_at, id)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS post_tombstone (
        source TINYINT NOT NULL,
        ext_id VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        reason VARCHAR(20) NOT NULL,
        at DATETIME(3) NOT NULL,
        PRIMARY KEY (source, ext_id)
      ) ${TABLE_OPTIONS}`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS tag (
        id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        tag_key VARCHAR(139) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        spelling VARCHAR(200) NOT NULL,
        UNIQUE INDEX tag_tag_key (tag_key)
      ) ${TABLE_OPTIONS}`);
    // Clustered by tag and time: a listing of a tag reads one range of the table itself.
    await runner.query(`
      CREATE TABLE IF NOT EXISTS post_tag (
        tag_id INT NOT NULL,
        posted_at DATETIME(3) NOT NULL,
        post_id BIGINT NOT NULL,
        origins TINYINT NOT NULL,
        PRIMARY KEY (tag_id, posted_at, post_id),
        INDEX post_tag_post_id (post_id)
      ) ${TABLE_OPTIONS}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['post_tag', 'tag', 'post_tombstone', 'post', 'author']) {
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}
