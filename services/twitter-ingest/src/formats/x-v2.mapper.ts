import type { MappedPosts, MappedRecord, RecordFormat } from './contract.js';
import { isObject, listOf, objectOf, type Json } from './fields.js';
import { isoInstant } from './instants.js';
import { isXNotice, mapXNotice } from './x-notice.mapper.js';
import { addMapped, emptyMapped, stampAuthors, UnusablePost } from './mapped.js';
import { V2Includes } from './x-v2-includes.js';
import { mapV2Post } from './x-v2-post.mapper.js';

/** A response of X, a line of its streams, or the same with the notes of twarc2. */
export function isV2Page(record: Json): boolean {
  return (
    Array.isArray(record.data) ||
    isObject(record.data) ||
    Array.isArray(record.errors) ||
    (isObject(record.meta) && 'result_count' in record.meta) ||
    (typeof record.title === 'string' && typeof record.type === 'string' && typeof record.status === 'number')
  );
}

/** Data with or without partial errors; errors without data are a bad record, told in X's own words. */
export function mapV2Page(record: Json): MappedRecord {
  const { data } = record;
  const partial = listOf(record.errors).length;
  if (data === undefined && !isObject(record.meta)) return { type: 'bad', reason: problemOf(record) };
  if (isObject(data) && isXNotice(data)) return mapXNotice(data);
  const mapped = emptyMapped(formatOf(record));
  mapped.skipped = partial;
  const items = Array.isArray(data) ? data : isObject(data) ? [data] : [];
  addPosts(mapped, items, new V2Includes(record.includes, items), retrievedAt(record));
  return mapped;
}

/** One post with its author and the posts it refers to inside, as `twarc2 flatten` writes it. */
export function mapV2Flat(record: Json): MappedRecord {
  const mapped = emptyMapped(isObject(record.__twarc) ? 'twarc2-flat' : 'x-v2-flat');
  addPosts(mapped, [record], new V2Includes(record.includes, []), retrievedAt(record));
  const [error] = mapped.errors;
  return error ? { type: 'bad', reason: error.reason } : mapped;
}

function addPosts(into: MappedPosts, items: readonly unknown[], includes: V2Includes, retrieved: number | null): void {
  for (const item of items) {
    if (isObject(item) && !('text' in item) && isOtherObject(item)) {
      into.skipped++;
      continue;
    }
    addMapped(into, isObject(item) ? mapV2Post(item, includes) : new UnusablePost('an element of data is no object'));
  }
  stampAuthors(into.posts, retrieved);
}

/** Users, counts and other objects that come in `data` of other endpoints. */
function isOtherObject(item: Json): boolean {
  return 'username' in item || 'tweet_count' in item || 'post_count' in item;
}

function formatOf(record: Json): RecordFormat {
  const twarc = isObject(record.__twarc);
  if ('matching_rules' in record) return twarc ? 'twarc2-stream' : 'x-v2-stream';
  if (isObject(record.data)) return 'x-v2-post';
  return twarc ? 'twarc2-page' : 'x-v2-page';
}

function retrievedAt(record: Json): number | null {
  return isoInstant(objectOf(record.__twarc)?.retrieved_at);
}

/** What X says went wrong; the operational-disconnect lines of streams have the same form. */
function problemOf(record: Json): string {
  const problem = objectOf(listOf(record.errors)[0]) ?? record;
  const said = [problem.title, problem.detail ?? problem.message]
    .filter((part) => typeof part === 'string' && part !== '')
    .map((part) => String(part).slice(0, 200));
  return said.length === 0
    ? 'an answer of X without data'
    : `X answered with an error: ${[...new Set(said)].join(': ')}`;
}
