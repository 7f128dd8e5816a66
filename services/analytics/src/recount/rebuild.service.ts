import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { KIND_COLUMNS } from '../codes.domain.js';
import { recountSql, ROLLUPS, type Rollup } from '../rollups.domain.js';

const KINDS = KIND_COLUMNS.join(', ');
const COUNT_KINDS = KIND_COLUMNS.map((_, i) => `SUM(f.kind = ${i + 1})`).join(', ');

const COUNT_AUTHORS = KIND_COLUMNS.map((column) => `SUM(t.${column} > 0)`).join(', ');

/** Makes the roll-ups of a tag anew from its facts, one transaction per tag. */
@Injectable()
export class RebuildService {
  constructor(private readonly transactions: TransactionRunner) {}

  async rebuildTag(tagId: number): Promise<void> {
    await this.transactions.run(
      async (tx) => {
        await tx.query('SELECT id FROM apply_lock WHERE id = 1 FOR UPDATE');
        for (const rollup of Object.values<Rollup>(ROLLUPS)) await this.rebuildRollup(tx, rollup, tagId);
        await this.rebuildAuthors(tx, tagId);
      },
      { pool: 'bulk' },
    );
  }

  /** @returns how many tags were rebuilt */
  async rebuildAll(onTag: (key: string) => void): Promise<number> {
    const tags = await this.transactions.query<{ id: number; tag_key: string }[]>(
      'SELECT id, tag_key FROM tag ORDER BY id',
      [],
      'bulk',
    );
    for (const { id, tag_key: key } of tags) {
      await this.rebuildTag(id);
      onTag(key);
    }
    return tags.length;
  }

  private async rebuildRollup(tx: SqlExecutor, rollup: Rollup, tagId: number): Promise<void> {
    await tx.query(`DELETE FROM ${rollup.table} WHERE tag_id = ?`, [tagId]);
    await tx.query(`INSERT INTO ${rollup.table} (${rollup.keys.join(', ')}, ${KINDS}) ${recountSql(rollup, false)}`, [
      tagId,
    ]);
  }

  private async rebuildAuthors(tx: SqlExecutor, tagId: number): Promise<void> {
    await tx.query('DELETE FROM tag_author WHERE tag_id = ?', [tagId]);
    await tx.query(
      `INSERT INTO tag_author (author_id, tag_id, source, ${KINDS}, rank_key, order_key)
       SELECT f.author_id, f.tag_id, a.source, ${COUNT_KINDS}, a.rank_key, a.order_key
       FROM post_fact f JOIN author a ON a.id = f.author_id WHERE f.tag_id = ?
       GROUP BY f.author_id, f.tag_id, a.source, a.rank_key, a.order_key`,
      [tagId],
    );
    await tx.query('DELETE FROM rollup_profile WHERE tag_id = ?', [tagId]);
    await tx.query(
      `INSERT INTO rollup_profile (tag_id, source, country, authors, ${KINDS})
       SELECT t.tag_id, a.source, a.country, COUNT(*), ${COUNT_AUTHORS} FROM tag_author t JOIN author a ON a.id = t.author_id
       WHERE t.tag_id = ? GROUP BY t.tag_id, a.source, a.country`,
      [tagId],
    );
  }
}
