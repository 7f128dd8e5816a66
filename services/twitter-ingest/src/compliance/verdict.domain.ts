import type { XCheck, XMissingReason } from '../sources/x/index.js';

/**
 * What is to be done with a stored post. `unplaced`: it stays, but no longer says where it was written; `unknown`: X says nothing that would prove it gone, so it stays.
 */
export type Verdict = 'kept' | 'unplaced' | 'edited' | 'deleted' | 'hidden' | 'withheld' | 'unknown';

const BY_REASON: Readonly<Record<XMissingReason, Verdict>> = {
  'not-found': 'deleted',
  'not-authorized': 'hidden',
  suspended: 'hidden',
  withheld: 'withheld',
  unexplained: 'unknown',
  other: 'unknown',
};

/** Posts that go. */
export const GONE: ReadonlySet<Verdict> = new Set<Verdict>(['deleted', 'hidden', 'withheld']);

/**
 * Judges posts by what X shows of them. A post withheld in some countries goes as one withheld everywhere does: this
 * service does not know where its readers are.
 *
 * @param placed ids of posts that are stored with a country
 * @returns the verdict for each id that was asked for, and the id of the newest version of those that were edited
 */
export function judge(
  check: XCheck,
  placed: ReadonlySet<string>,
): { verdicts: Map<string, Verdict>; edited: Map<string, string> } {
  const verdicts = new Map<string, Verdict>();
  const edited = new Map<string, string>();
  for (const { id, reason } of check.missing) verdicts.set(id, BY_REASON[reason]);
  const withheld = new Set(check.withheld.map((post) => post.id));
  for (const { id, latestId, hasPlace } of check.found) {
    if (withheld.has(id) || withheld.has(latestId)) verdicts.set(id, 'withheld');
    else if (latestId === id) verdicts.set(id, placed.has(id) && !hasPlace ? 'unplaced' : 'kept');
    else {
      verdicts.set(id, 'edited');
      edited.set(id, latestId);
    }
  }
  return { verdicts, edited };
}
