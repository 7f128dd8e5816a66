import type { IncomingPost } from './contract.js';

export type PostVersion = Pick<IncomingPost, 'source' | 'extId' | 'version'>;

/** Order of decimal numbers of any length, written without leading zeros; '' comes first. */
export function compareNumerals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Whether `a` is a later version than `b` of the same post; false for equal ones. Of an edited X post every version has
 * an id of its own, so the ids decide first; elsewhere versions (ISO instants, TIDs) sort as text.
 */
export function isNewer(a: PostVersion, b: PostVersion): boolean {
  if (a.source === 'x' || a.source === 'x-simulator') {
    const byId = compareNumerals(a.extId, b.extId);
    return byId === 0 ? compareNumerals(a.version, b.version) > 0 : byId > 0;
  }
  return a.version > b.version;
}
