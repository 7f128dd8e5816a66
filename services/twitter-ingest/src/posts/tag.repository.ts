import { Injectable } from '@nestjs/common';
import { TransactionRunner, insertRows } from '#libs/persistence';

const MAX_CACHED = 200_000;

interface TagRow {
  id: number;
  tag_key: string;
  spelling: string;
}

/** Ids of tags. A tag, once stored, never goes, so ids may be cached; they are written outside the caller's transaction. */
@Injectable()
export class TagRepository {
  private readonly ids = new Map<string, number>();

  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * Ids of tags that are made where needed.
   *
   * @param spellings keys and the way they were written; the first spelling ever seen stays
   */
  async ensure(spellings: ReadonlyMap<string, string>): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const missing: [string, string][] = [];
    for (const [key, spelling] of spellings) {
      const id = this.ids.get(key);
      if (id === undefined) missing.push([key, spelling]);
      else found.set(key, id);
    }
    if (missing.length === 0) return found;
    missing.sort(([a], [b]) => (a < b ? -1 : 1));
    await this.transactions.run((tx) => insertRows(tx, 'tag', ['tag_key', 'spelling'], missing, { ignore: true }), {
      pool: 'bulk',
    });
    for (const row of await this.select('tag_key IN (?)', missing.map(([key]) => key))) found.set(row.tag_key, row.id); // prettier-ignore
    return found;
  }

  async find(key: string): Promise<number | undefined> {
    return this.ids.get(key) ?? (await this.select('tag_key IN (?)', [key]))[0]?.id;
  }

  /** Keys and spellings by id. */
  async named(ids: Iterable<number>): Promise<Map<number, { key: string; spelling: string }>> {
    const wanted = [...new Set(ids)];
    const rows = wanted.length > 0 ? await this.select('id IN (?)', wanted) : [];
    return new Map(rows.map((row) => [row.id, { key: row.tag_key, spelling: row.spelling }]));
  }

  private async select(condition: string, values: unknown[]): Promise<TagRow[]> {
    const rows = await this.transactions.query<TagRow[]>(`SELECT id, tag_key, spelling FROM tag WHERE ${condition}`, [
      values,
    ]);
    if (this.ids.size + rows.length > MAX_CACHED) this.ids.clear();
    for (const row of rows) this.ids.set(row.tag_key, row.id);
    return rows;
  }
}
