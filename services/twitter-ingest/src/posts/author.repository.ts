import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import type { AuthorState, Source } from '#libs/contracts';
import { insertAbsentRows, insertRows } from '#libs/persistence';
import type { IncomingAuthor } from '../formats/index.js';
import { differs, foldCopies, mergeAuthor, type AuthorRecord } from './author.domain.js';
import { sourceCode, sourceOf } from './codes.domain.js';

interface AuthorRow {
  id: number;
  source: number;
  ext_id: string;
  username: string | null;
  name: string | null;
  location: string | null;
  country: string | null;
  followers: number | null;
  followers_seen_at: Date | null;
  followers_import: string | null;
  rev: number;
}

interface StoredAuthor {
  id: number;
  rev: number;
  record: AuthorRecord;
}

/** The authors of a batch as they are stored now. */
export interface StoredAuthors {
  idOf(author: IncomingAuthor): number;
  /** Nothing for an author this batch does not show: whoever has the post has its author too. */
  stateOf(id: number): AuthorState | undefined;
  /** Ids of authors that are new or differ from before. */
  changed: Set<number>;
}

const COLUMNS = [
  'source', 'ext_id', 'username', 'name', 'location', 'country', 'followers', 'followers_seen_at', 'followers_import', 'rev',
]; // prettier-ignore
const UPDATES = ['username', 'name', 'location', 'country', 'followers', 'followers_seen_at', 'followers_import', 'rev']
  .map((column) => `${column} = VALUES(${column})`)
  .join(', ');

@Injectable()
export class AuthorRepository {
  /** Merges the authors of a batch, given in file order, into the table; locks their rows until the transaction ends. */
  async merge(tx: SqlExecutor, authors: readonly IncomingAuthor[], importId: string | null): Promise<StoredAuthors> {
    const incoming = groupByKey(authors);
    const stored = await this.lock(tx, [...incoming.values()]);
    const changed = new Set<number>();

    const missing = [...incoming].filter(([key]) => !stored.has(key)).map(([, author]) => author);
    for (const [key, author] of await this.insert(tx, missing, importId)) {
      stored.set(key, author);
      changed.add(author.id);
    }

    const updates: unknown[][] = [];
    for (const [key, author] of incoming) {
      const before = stored.get(key)!;
      const record = mergeAuthor(before.record, author, importId);
      if (!differs(before.record, record)) continue;
      const after = { id: before.id, rev: before.rev + 1, record };
      stored.set(key, after);
      changed.add(after.id);
      updates.push(toRow(record, after.rev));
    }
    await insertRows(tx, 'author', COLUMNS, updates, { onDuplicate: UPDATES });

    const byId = new Map([...stored.values()].map((author) => [author.id, author]));
    return {
      idOf: (author) => stored.get(keyOf(author))!.id,
      stateOf: (id) => {
        const author = byId.get(id);
        return author && toState(author);
      },
      changed,
    };
  }

  /** Adds authors nobody has stored yet; those another import adds at the same moment are read back as it left them. */
  private async insert(
    tx: SqlExecutor,
    authors: readonly IncomingAuthor[],
    importId: string | null,
  ): Promise<Map<string, StoredAuthor>> {
    const records = authors.map((author) => mergeAuthor(undefined, author, importId));
    const rows = records.map((record) => toRow(record, 1));
    const ids = await insertAbsentRows(tx, 'author', COLUMNS, rows);
    if (!ids) return this.lock(tx, authors);
    return new Map(records.map((record, index) => [keyOf(record), { id: ids[index]!, rev: 1, record }]));
  }

  private async lock(tx: SqlExecutor, authors: readonly IncomingAuthor[]): Promise<Map<string, StoredAuthor>> {
    const found = new Map<string, StoredAuthor>();
    for (const [source, extIds] of idsBySource(authors)) {
      const rows = await tx.query<AuthorRow[]>(
        'SELECT * FROM author WHERE source = ? AND ext_id IN (?) ORDER BY ext_id FOR UPDATE',
        [sourceCode(source), extIds],
      );
      for (const row of rows) found.set(keyOf({ source, extId: row.ext_id }), fromRow(row));
    }
    return found;
  }
}

export function keyOf(item: { source: Source; extId: string }): string {
  return `${item.source} ${item.extId}`;
}

/** Ids per source in ascending order: every transaction locks in the same order. */
export function idsBySource(items: Iterable<{ source: Source; extId: string }>): Map<Source, string[]> {
  const ids = new Map<Source, string[]>();
  for (const { source, extId } of items) {
    const list = ids.get(source);
    if (list) list.push(extId);
    else ids.set(source, [extId]);
  }
  for (const list of ids.values()) list.sort();
  return ids;
}

function groupByKey(authors: readonly IncomingAuthor[]): Map<string, IncomingAuthor> {
  const copies = new Map<string, IncomingAuthor[]>();
  for (const author of authors) {
    const list = copies.get(keyOf(author));
    // One record shares one object between all posts of an author.
    if (list?.at(-1) === author) continue;
    if (list) list.push(author);
    else copies.set(keyOf(author), [author]);
  }
  return new Map([...copies].map(([key, list]) => [key, foldCopies(list)]));
}

function toRow(record: AuthorRecord, rev: number): unknown[] {
  return [
    sourceCode(record.source),
    record.extId,
    record.username,
    record.name,
    record.location,
    record.country,
    record.followers,
    record.followersSeenAt === null ? null : new Date(record.followersSeenAt),
    record.followersImport,
    rev,
  ];
}

function fromRow(row: AuthorRow): StoredAuthor {
  return {
    id: row.id,
    rev: row.rev,
    record: {
      source: sourceOf(row.source),
      extId: row.ext_id,
      username: row.username,
      name: row.name,
      location: row.location,
      country: row.country,
      followers: row.followers,
      followersSeenAt: row.followers_seen_at?.getTime() ?? null,
      followersImport: row.followers_import,
    },
  };
}

function toState({ id, rev, record }: StoredAuthor): AuthorState {
  return {
    id,
    rev,
    source: record.source,
    ext_id: record.extId,
    username: record.username,
    name: record.name,
    country: record.country,
    followers: record.followers,
    followers_seen_at: record.followersSeenAt,
  };
}
