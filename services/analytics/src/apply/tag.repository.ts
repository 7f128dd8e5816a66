import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows } from '#libs/persistence';
import type { NamedTag } from './post.domain.js';

/** Tag rows never change, so a remembered id stays right; the limit only bounds memory. */
const REMEMBERED_TAGS = 100_000;

@Injectable()
export class TagRepository {
  private readonly ids = new Map<string, number>();

  /** Ids of the tags, new ones with the spelling seen first. Ids of this transaction are remembered by {@link remember} only. */
  async ensureIds(tx: SqlExecutor, tags: Iterable<NamedTag>): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const missing = new Map<string, NamedTag>();
    for (const tag of tags) {
      const id = this.ids.get(tag.key);
      if (id !== undefined) found.set(tag.key, id);
      else if (!missing.has(tag.key)) missing.set(tag.key, tag);
    }
    if (missing.size === 0) return found;
    await this.readIds(tx, [...missing.keys()], found);
    const unknown = [...missing.values()].filter(({ key }) => !found.has(key));
    if (unknown.length === 0) return found;
    const rows = unknown.map(({ key, spelling }) => [key, spelling]);
    await insertRows(tx, 'tag', ['tag_key', 'spelling'], rows, { onDuplicate: 'id = id' });
    await this.readIds(
      tx,
      unknown.map(({ key }) => key),
      found,
    );
    return found;
  }

  /** Call after the commit: a rolled back insert must not leave an id behind. */
  remember(ids: ReadonlyMap<string, number>): void {
    if (this.ids.size > REMEMBERED_TAGS) this.ids.clear();
    for (const [key, id] of ids) this.ids.set(key, id);
  }

  async idOf(db: SqlExecutor, key: string): Promise<number | undefined> {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const found = new Map<string, number>();
    await this.readIds(db, [key], found);
    this.remember(found);
    return found.get(key);
  }

  private async readIds(db: SqlExecutor, keys: string[], into: Map<string, number>): Promise<void> {
    const rows = await db.query<{ id: number; tag_key: string }[]>('SELECT id, tag_key FROM tag WHERE tag_key IN (?)', [
      keys,
    ]);
    for (const row of rows) into.set(row.tag_key, row.id);
  }
}
