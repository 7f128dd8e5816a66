import type { AuthorState } from '#libs/contracts';
import { NO_COUNTRY, SOURCE_CODE } from '../codes.domain.js';
import { normaliseCountry } from './post.domain.js';

export interface AuthorRow {
  id: number;
  rev: number;
  source: number;
  extId: string;
  username: string | null;
  name: string | null;
  country: string;
  followers: number | null;
  followersSeenAt: number | null;
  rankKey: number;
  orderKey: Buffer;
}

/** What the roll-ups need of an author. */
export type AuthorRank = Pick<
  AuthorRow,
  'id' | 'rev' | 'country' | 'followers' | 'followersSeenAt' | 'rankKey' | 'orderKey'
>;

export type FollowerCount = Pick<AuthorRow, 'id' | 'followers' | 'followersSeenAt'>;

/** Sorts after every follower count. */
const NO_FOLLOWERS_RANK = Number.MAX_SAFE_INTEGER;
const MAX_ORDER_KEY_BYTES = 260;
const NOT_A_NUMBER = 0xff;

/** Ascending order of this key is descending order of followers, with unknown counts last. */
export function rankKey(followers: number | null): number {
  return followers === null ? NO_FOLLOWERS_RANK : -followers;
}

/**
 * Bytes whose order is the order of user ids: decimal numbers by value, then all other ids by length, then by text.
 * A number is stored as its length in bytes and its big-endian bytes; an id beyond 257 bytes is compared by its head.
 */
export function orderKey(extId: string): Buffer {
  if (/^[0-9]{1,300}$/.test(extId)) {
    const hex = BigInt(extId).toString(16);
    const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  }
  const text = Buffer.from(extId);
  return Buffer.concat([Buffer.from([NOT_A_NUMBER, text.length >> 8, text.length & 0xff]), text]).subarray(
    0,
    MAX_ORDER_KEY_BYTES,
  );
}

function cut(text: string | null, max: number): string | null {
  return text !== null && text.length > max ? Array.from(text).slice(0, max).join('') : text;
}

export function toAuthorRow(state: AuthorState): AuthorRow {
  const followers = state.followers !== null && state.followers >= 0 ? state.followers : null;
  return {
    id: state.id,
    rev: state.rev,
    source: SOURCE_CODE[state.source],
    extId: cut(state.ext_id, 512)!,
    username: cut(state.username, 255),
    name: cut(state.name, 255),
    country: normaliseCountry(state.country),
    followers,
    followersSeenAt: followers === null ? null : state.followers_seen_at,
    rankKey: rankKey(followers),
    orderKey: orderKey(state.ext_id),
  };
}

/** Stands for an author a post names but no event has described yet; any described state replaces it. */
export function unknownAuthor(id: number, source: number): AuthorRow {
  return {
    id,
    rev: -1,
    source,
    extId: '',
    username: null,
    name: null,
    country: NO_COUNTRY,
    followers: null,
    followersSeenAt: null,
    rankKey: rankKey(null),
    orderKey: orderKey(''),
  };
}
