import type { IncomingAuthor } from '../formats/index.js';

/** What is known of an author. */
export interface AuthorRecord {
  source: IncomingAuthor['source'];
  extId: string;
  username: string | null;
  name: string | null;
  location: string | null;
  country: string | null;
  followers: number | null;
  /** Milliseconds: the newest time at which the count is known to have been true. */
  followersSeenAt: number | null;
  /** The import that last had a say; within one import the last copy in file order wins. */
  followersImport: string | null;
}

/** Copies of one author inside one batch, in file order. */
export function foldCopies(copies: readonly IncomingAuthor[]): IncomingAuthor {
  return copies.reduce((older, newer) => ({
    ...newer,
    username: newer.username ?? older.username,
    name: newer.name ?? older.name,
    location: newer.location ?? older.location,
    country: newer.location === null ? older.country : newer.country,
    followers: newer.followers ?? older.followers,
    observedAt: laterOf(older.observedAt, newer.observedAt),
  }));
}

/**
 * Merges a copy of an author into what is stored. A copy from the import that wrote last always wins, so that the last
 * copy in file order counts; a copy from another import wins when it is not older. Times come from the file itself, so
 * importing a file again changes nothing.
 */
export function mergeAuthor(
  stored: AuthorRecord | undefined,
  incoming: IncomingAuthor,
  importId: string | null,
): AuthorRecord {
  if (stored && !wins(stored, incoming, importId)) return stored;
  const counted = incoming.followers !== null;
  return {
    source: incoming.source,
    extId: incoming.extId,
    username: incoming.username ?? stored?.username ?? null,
    name: incoming.name ?? stored?.name ?? null,
    location: incoming.location ?? stored?.location ?? null,
    country: incoming.location === null ? (stored?.country ?? incoming.country) : incoming.country,
    followers: incoming.followers ?? stored?.followers ?? null,
    followersSeenAt: counted
      ? laterOf(stored?.followersSeenAt ?? null, incoming.observedAt)
      : (stored?.followersSeenAt ?? null),
    followersImport: importId,
  };
}

/** Whether anything that others are told about differs. */
export function differs(a: AuthorRecord, b: AuthorRecord): boolean {
  return (
    a.username !== b.username ||
    a.name !== b.name ||
    a.location !== b.location ||
    a.country !== b.country ||
    a.followers !== b.followers ||
    a.followersSeenAt !== b.followersSeenAt
  );
}

function wins(stored: AuthorRecord, incoming: IncomingAuthor, importId: string | null): boolean {
  if (importId !== null && stored.followersImport === importId) return true;
  if (stored.followersSeenAt === null) return true;
  return incoming.observedAt !== null && incoming.observedAt >= stored.followersSeenAt;
}

function laterOf(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
