import { DAY_MS, KIND_COLUMNS, QUARTER_MS, USED_BITS } from './codes.domain.js';

/** A table of counts per kind, and the same counts as a question to the facts. */
export interface Rollup {
  readonly table: string;
  /** Primary key, in order; the first is the tag. */
  readonly keys: readonly string[];
  /** How each key is read from a fact `f` (and, for pairs of tags, another fact `u` of the same post). */
  readonly from: readonly string[];
  readonly joinUsed: boolean;
  /** Which facts it counts; all when absent. */
  readonly only?: string;
  /** Column that says when, and how many milliseconds one step of it is. */
  readonly time: { readonly column: string; readonly unitMs: number };
}

const quarter = { column: 'bucket', unitMs: QUARTER_MS } as const;
const day = { column: 'day', unitMs: DAY_MS } as const;
const dayOfFact = `f.posted_at DIV ${DAY_MS}`;

export const ROLLUPS = {
  quarter: {
    table: 'rollup_15m',
    keys: ['tag_id', 'bucket', 'source'],
    from: ['f.tag_id', `f.posted_at DIV ${QUARTER_MS}`, 'f.source'],
    joinUsed: false,
    time: quarter,
  },
  lang: {
    table: 'rollup_lang_day',
    keys: ['tag_id', 'day', 'lang', 'source'],
    from: ['f.tag_id', dayOfFact, 'f.lang', 'f.source'],
    joinUsed: false,
    time: day,
  },
  country: {
    table: 'rollup_country_day',
    keys: ['tag_id', 'day', 'country', 'source'],
    from: ['f.tag_id', dayOfFact, 'f.country', 'f.source'],
    joinUsed: false,
    // Nearly all posts have no place: they are what the languages count more than the countries.
    only: "f.country <> ''",
    time: day,
  },
  cotag: {
    table: 'rollup_cotag_day',
    keys: ['tag_id', 'day', 'co_tag_id', 'source'],
    from: ['f.tag_id', dayOfFact, 'u.tag_id', 'f.source'],
    joinUsed: true,
    time: day,
  },
} as const satisfies Record<string, Rollup>;
export type RollupName = keyof typeof ROLLUPS;

/** Other tags that the post of a fact `f` uses, as facts `u`. */
export const JOIN_USED = `JOIN post_fact u ON u.post_id = f.post_id AND u.tag_id <> f.tag_id AND (u.origins & ${USED_BITS}) <> 0`;

const countKinds = KIND_COLUMNS.map((column, i) => `SUM(f.kind = ${i + 1}) AS ${column}`).join(', ');

/** `SELECT` that recounts a roll-up from the facts of one tag; `timed` adds a range with two more parameters. */
export function recountSql(rollup: Rollup, timed: boolean): string {
  const columns = rollup.keys.map((key, i) => `${rollup.from[i]} AS ${key}`).join(', ');
  return `SELECT ${columns}, ${countKinds} FROM post_fact f ${rollup.joinUsed ? JOIN_USED : ''}
    WHERE f.tag_id = ?${rollup.only ? ` AND ${rollup.only}` : ''}${timed ? ' AND f.posted_at >= ? AND f.posted_at < ?' : ''}
    GROUP BY ${rollup.from.join(', ')}`;
}
