import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateTagAuthor1795132811000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS tag_author (
        author_id BIGINT UNSIGNED NOT NULL,
        tag_id INT UNSIGNED NOT NULL,
        source TINYINT UNSIGNED NOT NULL,
        original INT NOT NULL,
        reply INT NOT NULL,
        quote INT NOT NULL,
        repost INT NOT NULL,
        rank_key BIGINT NOT NULL,
        order_key VARBINARY(260) NOT NULL,
        PRIMARY KEY (author_id, tag_id),
        KEY tag_author_top (tag_id, rank_key, order_key)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS tag_author');
  }
}
