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

/** Authors per tag, source and profile country, as changes. */
export class ProfileDeltas {
  private readonly byKey = new Map<string, { key: Key; authors: number }>();

  add(tagId: number, source: number, country: string, change: number): void {
    const key = [tagId, source, country];
    const text = key.join('|');
    const known = this.byKey.get(text);
    if (known) known.authors += change;
    else this.byKey.set(text, { key, authors: change });
  }

  changes(): { key: Key; authors: number }[] {
    return [...this.byKey.values()].filter(({ authors }) => authors !== 0);
  }
}

/** Finds out which pairs of author and tag are new or gone, and counts them in the tag's profile. */
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
    const before = existing.get(`${authorId}|${tagId}`);
    const isEmpty = counts.every((change, i) => change + (before?.[i] ?? 0) === 0);
    if (before === undefined) profiles.add(tagId, source, rank.country, 1);
    else if (isEmpty) {
      profiles.add(tagId, source, rank.country, -1);
      emptied.push([authorId, tagId]);
    }
    rows.push({ authorId, tagId, source, counts, rank });
  }
  return { rows, emptied };
}
