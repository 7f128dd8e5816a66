import { mapRecord, type IncomingPost } from '../../formats/index.js';
import { compareIds, mergeMarks, type Mark } from './status-ids.domain.js';

/** One page of a timeline, whatever the server has put on it. */
export interface MastodonPage {
  posts: IncomingPost[];
  errors: { reason: string }[];
  /** Newest first. Posts that cannot be used have marks too: paging has to get past them. */
  marks: Mark[];
  /** Statuses on the page, usable or not. */
  size: number;
}

const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Public posts only: what a server shows by mistake is not collected. */
const PUBLIC: ReadonlySet<unknown> = new Set([undefined, 'public', 'unlisted']);

/** @returns nothing when this is no page of statuses */
export function mapPage(body: unknown): MastodonPage | undefined {
  if (!Array.isArray(body)) return undefined;
  const page: MastodonPage = { posts: [], errors: [], marks: [], size: body.length };
  for (const item of body as unknown[]) {
    const status =
      typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as Record<string, unknown>) : {};
    if (typeof status.id === 'string' && ID.test(status.id)) {
      const createdAt = typeof status.created_at === 'string' ? Date.parse(status.created_at) : Number.NaN;
      const writtenAt = Number.isNaN(createdAt) ? 0 : createdAt;
      const uri = uriAtHome(status);
      page.marks.push(uri === null ? [status.id, writtenAt] : [status.id, writtenAt, uri]);
    }
    if (!PUBLIC.has(status.visibility)) continue;
    const mapped = mapRecord(item);
    if (mapped.type === 'bad') page.errors.push({ reason: mapped.reason });
    else if (mapped.format !== 'mastodon-status') page.errors.push({ reason: 'not a status of Mastodon' });
    else {
      page.posts.push(...mapped.posts);
      page.errors.push(...mapped.errors);
    }
  }
  page.marks = mergeMarks(page.marks, []);
  return page.size > 0 && page.marks.length === 0 ? undefined : page;
}

/** A server writes the names of its own accounts without a host. */
function uriAtHome({ uri, account }: Record<string, unknown>): string | null {
  const acct = (account as { acct?: unknown } | null | undefined)?.acct;
  return typeof uri === 'string' && uri.length <= 500 && typeof acct === 'string' && !acct.includes('@') ? uri : null;
}

export function newestId(marks: readonly Mark[]): string | null {
  return marks[0]?.[0] ?? null;
}

export function oldestId(marks: readonly Mark[]): string | null {
  return marks.at(-1)?.[0] ?? null;
}

/** Whether a page leads on from `id` in the wanted direction; one that does not would be read for ever. */
export function advances(next: string | null, id: string | null, direction: 'older' | 'newer'): boolean {
  if (next === null || id === null) return next !== null;
  return direction === 'newer' ? compareIds(next, id) > 0 : compareIds(next, id) < 0;
}
