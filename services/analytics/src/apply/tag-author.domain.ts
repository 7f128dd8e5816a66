import type { AuthorRank } from './author.domain.js';
import type { DeltaRow, Key, KindCounts } from './delta-table.domain.js';

export interface TagAuthorRow {
  authorId: number;
  tagId: number;
  source: number;
  counts: KindCounts;
  rank: AuthorRank;
}

export interface TagAuthorPlan {
  /** Rows to add to; counts are changes. */
  rows: TagAuthorRow[];
  /** Pairs whose last post went away. */
  emptied: Key[];
}

/** Authors: all of them, then those with a post of each kind. */
export type AuthorCounts = [authors: number, ...KindCounts];

export interface ProfileChange {
  key: Key;
  counts: AuthorCounts;
}

const NOTHING: Readonly<KindCounts> = [0, 0, 0, 0];

/** What one author with these posts adds to a profile. */
export function presence(posts: Readonly<KindCounts>): AuthorCounts {
  const [original, reply, quote, repost] = posts.map((n) => (n > 0 ? 1 : 0)) as KindCounts;
  return [posts.some((n) => n > 0) ? 1 : 0, original, reply, quote, repost];
}

/** Authors per tag, source and profile country, as changes. */
export class ProfileDeltas {
  private readonly byKey = new Map<string, ProfileChange>();

  add(tagId: number, source: number, country: string, counts: AuthorCounts, factor: 1 | -1): void {
    const key = [tagId, source, country];
    const text = key.join('|');
    let row = this.byKey.get(text);
    if (row === undefined) {
      row = { key, counts: [0, 0, 0, 0, 0] };
      this.byKey.set(text, row);
    }
    for (let i = 0; i < counts.length; i++) row.counts[i as 0] += factor * counts[i as 0];
  }

  changes(): ProfileChange[] {
    return [...this.byKey.values()].filter(({ counts }) => counts.some((n) => n !== 0));
  }
}

/** Finds out which authors a tag gains or loses, in all and per kind, and counts them in the tag's profile. */
export function planTagAuthors(
  changes: DeltaRow[],
  existing: ReadonlyMap<string, KindCounts>,
  ranks: ReadonlyMap<number, AuthorRank>,
  profiles: ProfileDeltas,
): TagAuthorPlan {
  const rows: TagAuthorRow[] = [];
  const emptied: Key[] = [];
  for (const { key, counts } of changes) {
    const [authorId, tagId, source] = key as readonly [number, number, number];
    const rank = ranks.get(authorId)!;
    const before = existing.get(`${authorId}|${tagId}`) ?? NOTHING;
    const after = before.map((n, i) => n + counts[i as 0]) as KindCounts;
    profiles.add(tagId, source, rank.country, presence(before), -1);
    profiles.add(tagId, source, rank.country, presence(after), 1);
    if (after.every((n) => n === 0)) emptied.push([authorId, tagId]);
    rows.push({ authorId, tagId, source, counts, rank });
  }
  return { rows, emptied };
}
