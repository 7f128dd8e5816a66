import type { StepProgress } from './capture.types.js';

/** The later of a column and a parameter that is given twice; either may be null. */
export function latest(column: string): string {
  const given = 'CAST(? AS DATETIME(3))';
  return `GREATEST(COALESCE(${column}, ${given}), COALESCE(${given}, ${column}))`;
}

/** Adds to the counters of a part; takes {@link progressValues}. */
export const ADD_PROGRESS = `posts_new = posts_new + ?, posts_duplicate = posts_duplicate + ?, posts_invalid = posts_invalid + ?,
  posts_deleted = posts_deleted + ?, requests = requests + ?, spent_micro_usd = spent_micro_usd + ?,
  last_post_at = ${latest('last_post_at')}`;

export function progressValues(progress: StepProgress): unknown[] {
  return [
    progress.new,
    progress.duplicate,
    progress.invalid,
    progress.deleted,
    progress.requests,
    progress.spentMicroUsd,
    progress.lastPostAt,
    progress.lastPostAt,
  ];
}
