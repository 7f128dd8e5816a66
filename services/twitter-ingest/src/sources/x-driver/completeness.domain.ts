/** X counts hidden and deleted posts as well, so a small difference says nothing. */
const SHARE = 0.05;
const POSTS = 10;

/** Whether a complete search gave so few posts that it deserves a look. */
export function isShort(counted: number, found: number): boolean {
  return counted - found > Math.max(POSTS, counted * SHARE);
}
