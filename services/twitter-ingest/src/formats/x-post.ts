import { LIMITS, type IncomingAuthor } from './contract.js';
import { text } from './fields.js';

/** Address of a post; X finds it by the id alone when the handle is not known. */
export function xPostUrl(username: string | null, id: string): string {
  return username !== null && /^\w{1,50}$/.test(username)
    ? `https://x.com/${username}/status/${id}`
    : `https://x.com/i/web/status/${id}`;
}

const REPOST_PREFIX = /^RT @\w{1,50}: /;

/** X cuts the text of a repost after 140 characters; the post itself has it whole. */
export function repostText(own: string, author: string | null, full: string): string {
  const prefix = REPOST_PREFIX.exec(own)?.[0] ?? (author === null ? 'RT ' : `RT @${author}: `);
  return text(prefix + full, LIMITS.text) ?? full;
}

export function authorOf(id: string): IncomingAuthor {
  return {
    source: 'x',
    extId: id,
    username: null,
    name: null,
    followers: null,
    location: null,
    country: null,
    observedAt: null,
  };
}
