import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import {
  EXPORT_PAGE_BYTES,
  X_QUOTAS,
  type ExportQuestion,
  type ExportX,
  type Post,
  type XQuotaLeft,
  type openExport,
  type readExport,
} from '#libs/contracts';
import type { ListedPost, PostPosition } from '../posts/post-listing.types.js';
import { PostReaderRepository } from '../posts/post-reader.repository.js';
import { PostsService } from '../posts/posts.service.js';
import { TagRepository } from '../posts/tag.repository.js';
import { decodeExportPosition, encodeExportPosition } from './export-cursor.domain.js';
import { headOf, idLinesOf, linesOf, travellingBytes } from './export-format.js';
import { ExportQuotaRepository } from './export-quota.repository.js';
import { toExportRow } from './export-rows.js';
import { ExportRepository, type ExportRange } from './export.repository.js';
import { XQuotaUsedUpError, XTooManyError } from './export.errors.js';
import { PseudonymKeyRepository } from './pseudonym-key.repository.js';
import { Pseudonyms } from './pseudonyms.js';

type Page = z.input<typeof readExport.output>;

/** Posts per page. A page of long posts holds fewer. */
const ROWS_PER_PAGE = 250;
const IDS_PER_PAGE = 2_000;

/** Hands out the posts of a tag page by page, oldest first, and keeps count of what X limits. */
@Injectable()
export class ExportsService {
  constructor(
    private readonly tags: TagRepository,
    private readonly exports: ExportRepository,
    private readonly quota: ExportQuotaRepository,
    private readonly keys: PseudonymKeyRepository,
    private readonly reader: PostReaderRepository,
    private readonly posts: PostsService,
  ) {}

  /** @throws XQuotaUsedUpError or XTooManyError when the posts of X in it may not be handed out; nothing is counted then */
  async open(asked: z.output<typeof openExport.input>): Promise<z.input<typeof openExport.output>> {
    const range = await this.rangeOf(asked);
    const newestId = await this.exports.newestId();
    const kind = chargedAs(asked);
    const wanted = range && kind ? await this.exports.countX(range, newestId, X_QUOTAS[kind] + 1) : 0;
    const left = await this.charge(asked.subject, kind ?? 'ids', wanted);
    const cursor = range && newestId > 0 ? encodeExportPosition({ newestId, after: null }) : null;
    return { cursor, head: headOf(asked.format), left };
  }

  async read(asked: z.output<typeof readExport.input>): Promise<Page> {
    const range = await this.rangeOf(asked);
    if (!range) return { text: '', rows: 0, next_cursor: null };
    const position = decodeExportPosition(asked.cursor);
    const limit = asked.format === 'ids' ? IDS_PER_PAGE : ROWS_PER_PAGE;
    const candidates = await this.exports.positions(range, position, limit);
    const { text, rows, taken } = await this.pageOf(asked, candidates);
    const after = candidates[taken - 1] ?? position.after;
    const isLast = taken === candidates.length && candidates.length < limit;
    return { text, rows, next_cursor: isLast ? null : encodeExportPosition({ ...position, after }) };
  }

  /** @returns what is left; nothing was counted when `granted` is false */
  async chargeIfLeft(subject: string, kind: ExportX, posts: number): Promise<{ granted: boolean; left: XQuotaLeft }> {
    const { granted, left } = await this.quota.charge(subject, kind, posts);
    return { granted, left };
  }

  private async charge(subject: string, kind: ExportX, posts: number): Promise<XQuotaLeft> {
    if (posts > X_QUOTAS[kind]) throw new XTooManyError(kind);
    const { granted, left, msToNextDay } = await this.quota.charge(subject, kind, posts);
    if (!granted) throw new XQuotaUsedUpError(kind, left, msToNextDay);
    return left;
  }

  private async rangeOf({ tag, from, to }: ExportQuestion): Promise<ExportRange | undefined> {
    const tagId = await this.tags.find(tag);
    if (tagId === undefined) return undefined;
    return { tagId, ...(from && { from: new Date(from) }), ...(to && { to: new Date(to) }) };
  }

  /** @returns the lines, how many posts they hold, and how many of the candidates they cover */
  private async pageOf(asked: ExportQuestion, candidates: readonly PostPosition[]) {
    const ids = candidates.map(({ id }) => id);
    if (asked.format === 'ids') {
      const found = await this.exports.extIds(ids, asked.source);
      return fitting(candidates, found, (extIds) => idLinesOf(extIds));
    }
    const { format } = asked;
    const names = asked.authors === 'pseudonym' ? new Pseudonyms(await this.keys.of(asked.tenant)) : null;
    const rows = await this.reader.matching(ids, { tagId: null, source: asked.source });
    const posts = await this.posts.toPosts(rows);
    const found = new Map(rows.map((row: ListedPost, index) => [row.id, posts[index]!]));
    const write = (some: readonly Post[]) =>
      linesOf(some.map((post) => toExportRow(post, asked, names)), format); // prettier-ignore
    return fitting(candidates, found, write, withShorterText);
  }
}

/** What X's quotas count of this export: pseudonyms of ids are no ids. */
function chargedAs({ format, authors, source, x }: ExportQuestion): ExportX | undefined {
  if (source !== undefined && source !== 'x') return undefined;
  if (format === 'ids') return 'ids';
  return x === 'ids' && authors === 'pseudonym' ? undefined : x;
}

/** As many of the posts as a page may hold; halves until they fit. A single post that never fits is shortened. */
function fitting<T extends object | string>(
  candidates: readonly PostPosition[],
  found: ReadonlyMap<number, T>,
  write: (some: readonly T[]) => string,
  shorten?: (one: T) => T,
): { text: string; rows: number; taken: number } {
  for (let taken = candidates.length; ; taken = Math.ceil(taken / 2)) {
    let some = candidates.slice(0, taken).flatMap(({ id }) => found.get(id) ?? []);
    let text = write(some);
    while (taken <= 1 && shorten && travellingBytes(text) > EXPORT_PAGE_BYTES) {
      some = some.map(shorten);
      const shorter = write(some);
      if (shorter.length >= text.length) break;
      text = shorter;
    }
    if (taken <= 1 || travellingBytes(text) <= EXPORT_PAGE_BYTES) return { text, rows: some.length, taken };
  }
}

/** No network has texts this long; a hostile one must not stop an export. */
function withShorterText(post: Post): Post {
  return {
    ...post,
    text: `${Array.from(post.text)
      .slice(0, Math.floor(post.text.length / 4))
      .join('')}…`,
  };
}
