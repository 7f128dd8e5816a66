import type { CaptureEstimate } from '#libs/contracts';

/** One estimate for several sources. An unknown price makes the sum unknown; an unknown number of posts does not. */
export function addEstimates(bySource: ReadonlyMap<string, CaptureEstimate>): CaptureEstimate {
  const all = [...bySource.values()];
  const posts = all.flatMap((estimate) => (estimate.posts === null ? [] : [estimate.posts]));
  const notes = [...bySource].flatMap(([source, { note }]) => (note === null ? [] : [`${source}: ${note}`]));
  return {
    posts: posts.length === 0 ? null : posts.reduce((sum, count) => sum + count, 0),
    worst_case_usd: sumOrUnknown(all.map((estimate) => estimate.worst_case_usd)),
    per_day_usd: sumOrUnknown(all.map((estimate) => estimate.per_day_usd)),
    note: notes.length === 0 ? null : notes.join('; '),
  };
}

function sumOrUnknown(amounts: readonly (number | null)[]): number | null {
  let micro = 0;
  for (const amount of amounts) {
    if (amount === null) return null;
    micro += Math.round(amount * 1_000_000);
  }
  return micro / 1_000_000;
}
