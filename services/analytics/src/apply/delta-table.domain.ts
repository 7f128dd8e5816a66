export type Key = readonly (number | string)[];
/** Changes of the columns original, reply, quote, repost. */
export type KindCounts = [original: number, reply: number, quote: number, repost: number];

export interface DeltaRow {
  readonly key: Key;
  readonly counts: KindCounts;
}

function compareKeys(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i++) {
    const left = a[i]!;
    const right = b[i]!;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Sums changes per key in memory, so that a batch touches each row of a roll-up once. */
export class DeltaTable {
  private readonly rows = new Map<string, DeltaRow>();

  add(key: Key, kind: number, change: number): void {
    const text = key.join('|');
    let row = this.rows.get(text);
    if (row === undefined) {
      row = { key, counts: [0, 0, 0, 0] };
      this.rows.set(text, row);
    }
    row.counts[(kind - 1) as 0] += change;
  }

  /** Rows that change something, in key order: the order in which every writer takes row locks. */
  changes(): DeltaRow[] {
    return [...this.rows.values()]
      .filter(({ counts }) => counts.some((n) => n !== 0))
      .sort((a, b) => compareKeys(a.key, b.key));
  }
}
