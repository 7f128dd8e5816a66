import type { MigrationInterface, QueryRunner } from 'typeorm';
import { KIND_COLUMNS } from '../codes.domain.js';

const AUTHORS = KIND_COLUMNS.map((kind) => `SUM(t.${kind} > 0) AS ${kind}`).join(', ');

export class CountProfilesByKind1795132815000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('rollup_profile', KIND_COLUMNS[0]))) {
      const columns = KIND_COLUMNS.map((kind) => `ADD COLUMN ${kind} INT NOT NULL DEFAULT 0`);
      await runner.query(`ALTER TABLE rollup_profile ${columns.join(', ')}`);
    }
    await runner.query(`
      UPDATE rollup_profile p JOIN (
        SELECT t.tag_id, t.source, a.country, ${AUTHORS}
        FROM tag_author t JOIN author a ON a.id = t.author_id GROUP BY t.tag_id, t.source, a.country
      ) c ON c.tag_id = p.tag_id AND c.source = p.source AND c.country = p.country
      SET ${KIND_COLUMNS.map((kind) => `p.${kind} = c.${kind}`).join(', ')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE rollup_profile ${KIND_COLUMNS.map((kind) => `DROP COLUMN ${kind}`).join(', ')}`);
  }
}
