import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { asLines, inChunks, mixedRecords } from '../../test/factories/archive.factory.js';
import { mappedSchema } from '../../test/factories/post.schema.js';
import type { Json } from '../../test/factories/x-v2.factory.js';
import { readArchive } from './archive.reader.js';
import type { ArchiveItem } from './contract.js';
import { mapRecord } from './record.mapper.js';

const RECORDS = mixedRecords();
const BYTES = asLines(RECORDS);

function check(value: unknown): void {
  expect(mappedSchema.safeParse(mapRecord(value)).error).toBeUndefined();
}

/** Every place inside a value, as a path. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

function replaced(record: Json, path: readonly (string | number)[], by: unknown): unknown {
  if (path.length === 0) return by;
  const copy = structuredClone(record);
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path[path.length - 1]!] = by;
  return copy;
}

const nasty = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    1e300,
    [],
    {},
    [null],
    '\ud800',
    '\u0000',
    'x'.repeat(200_000),
    '__proto__',
    true,
  ),
  fc.constantFrom<unknown>(
    '9'.repeat(20),
    '0',
    '-5',
    '2021-02-31T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'javascript:alert(1)',
  ),
  fc.string({ unit: 'binary' }),
);

/** A valid record with one to four values anywhere in it replaced. */
const mutated = fc
  .constantFrom(...RECORDS)
  .chain((record) => {
    const paths = pathsOf(record);
    return fc.tuple(
      fc.constant(record),
      fc.array(fc.tuple(fc.constantFrom(...paths), nasty), { minLength: 1, maxLength: 4 }),
    );
  })
  .map(([record, changes]) =>
    changes.reduce<unknown>((value, [path, by]) => {
      try {
        return replaced(value as Json, path, by);
      } catch {
        return value; // an earlier change took the path away
      }
    }, record),
  );

async function read(bytes: Uint8Array, chunkSize?: number): Promise<ArchiveItem[]> {
  const items: ArchiveItem[] = [];
  for await (const item of readArchive(inChunks(bytes, chunkSize))) items.push(item);
  return items;
}

function checkItems(items: readonly ArchiveItem[]): void {
  for (const item of items) {
    const { line, record, ...mapped } = item;
    expect([line, record].every(Number.isSafeInteger)).toBe(true);
    const value = mapped.type === 'bad' ? { type: 'bad', reason: mapped.reason } : mapped;
    expect(mappedSchema.safeParse(value).error).toBeUndefined();
  }
}

/** Thousands of inputs on a busy machine. */
const TIMEOUT_MS = 120_000;

describe('formats, given anything', { timeout: TIMEOUT_MS }, () => {
  it('should map the valid records, or the rest of this proves nothing', () => {
    for (const record of RECORDS) {
      const mapped = mapRecord(record);
      expect(mapped.type).toBe('posts');
      if (mapped.type === 'posts') expect(mapped.posts.length + mapped.deletions.length).toBeGreaterThan(0);
      check(record);
    }
  });

  it('should map or refuse any JSON value', () => {
    fc.assert(fc.property(fc.jsonValue(), check), { numRuns: 1_000 });
  });

  it('should never make an invalid post out of a damaged record', () => {
    fc.assert(fc.property(mutated, check), { numRuns: 3_000 });
  });

  it('should read or refuse any bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(`{${text}`)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => checkItems(await read(input))),
      { numRuns: 500 },
    );
  });

  it.each([
    ['plain', BYTES],
    ['an array', Buffer.from(JSON.stringify(RECORDS, null, 1))],
    ['gzipped', gzipSync(BYTES)],
  ])('should read or refuse a file with bytes changed, cut out or put in: %s', async (_name, file) => {
    const edit = fc.record({
      at: fc.nat({ max: file.length - 1 }),
      remove: fc.nat({ max: 50 }),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 5 }),
        fc.constantFrom(...'{}[]",:\n\\'.split('').map((c) => Buffer.from(c))),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(13, 1_000, 65_536),
        async (edits, size) => {
          let bytes: Buffer = file;
          for (const { at, remove, insert } of edits) {
            bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
          }
          const items = await read(bytes, size);
          checkItems(items);
          expect(await read(bytes)).toEqual(items);
        },
      ),
      { numRuns: 350 },
    );
  });
});
