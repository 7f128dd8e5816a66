import { LIMITS, type IncomingAuthor } from '../../formats/index.js';
import { count, filled, isObject, listOf } from '../../formats/fields.js';

/** What an author says about himself, as of the moment it was asked for. */
export interface Profile {
  did: string;
  username: string | null;
  name: string | null;
  followers: number | null;
}

/** A handle that does not lead back to its account is shown like this. */
const BROKEN_HANDLE = 'handle.invalid';

/** Profiles of an answer of `getProfiles`, only those that were asked for. @returns nothing when it is no such answer */
export function mapProfiles(body: unknown, asked: ReadonlySet<string>): Map<string, Profile> | undefined {
  if (!isObject(body) || !Array.isArray(body.profiles)) return undefined;
  const found = new Map<string, Profile>();
  for (const profile of listOf(body.profiles)) {
    if (!isObject(profile) || typeof profile.did !== 'string' || !asked.has(profile.did)) continue;
    const handle = filled(profile.handle, LIMITS.username);
    found.set(profile.did, {
      did: profile.did,
      username: handle === BROKEN_HANDLE ? null : handle,
      name: filled(profile.displayName, LIMITS.name),
      followers: count(profile.followersCount),
    });
  }
  return found;
}

/** Puts a profile into the author of a post; the figures are as of `at`, not of the post. */
export function fillAuthor(author: IncomingAuthor, profile: Profile, at: number): void {
  author.username = profile.username;
  author.name = profile.name;
  author.followers = profile.followers;
  author.observedAt = at;
}
