import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRollupCountryDay1795132808000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS rollup_country_day (
        tag_id INT UNSIGNED NOT NULL,
        day INT NOT NULL,
        country CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        source TINYINT UNSIGNED NOT NULL,
        original INT NOT NULL,
        reply INT NOT NULL,
        quote INT NOT NULL,
        repost INT NOT NULL,
        PRIMARY KEY (tag_id, day, country, source)
      ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS rollup_country_day');
  }
}
