import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { asGzipMembers, asLines, inChunks, mixedRecords } from '../../test/factories/archive.factory.js';
import { v2Page, v2Post } from '../../test/factories/x-v2.factory.js';
import { readArchive } from './archive.reader.js';
import type { ArchiveItem, ArchiveOptions } from './contract.js';

const RECORDS = mixedRecords();

async function read(bytes: Uint8Array, options?: ArchiveOptions, chunkSize?: number): Promise<ArchiveItem[]> {
  const items: ArchiveItem[] = [];
  for await (const item of readArchive(inChunks(bytes, chunkSize), options)) items.push(item);
  return items;
}

async function describeArchive(bytes: Uint8Array) {
  const reading = readArchive(inChunks(bytes));
  for await (const item of reading) expect(item.type).toBe('posts');
  return reading.describe();
}

/** What an item says, without the line, which depends on the layout. */
function content(items: readonly ArchiveItem[]): unknown[] {
  return items.map(({ line: _line, ...rest }) => rest);
}

const LAYOUTS: readonly (readonly [name: string, bytes: Buffer, container: string, gzip: boolean])[] = [
  ['JSON lines', asLines(RECORDS), 'jsonl', false],
  ['JSON lines without the last line end', asLines(RECORDS).subarray(0, -1), 'jsonl', false],
  ['JSON lines with CRLF', Buffer.from(asLines(RECORDS).toString().replaceAll('\n', '\r\n')), 'jsonl', false],
  [
    'JSON lines after a byte order mark',
    Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), asLines(RECORDS)]),
    'jsonl',
    false,
  ],
  ['JSON lines after blank lines', Buffer.concat([Buffer.from('\n \r\n\n'), asLines(RECORDS)]), 'jsonl', false],
  ['a compact array', Buffer.from(JSON.stringify(RECORDS)), 'json', false],
  ['a pretty array', Buffer.from(JSON.stringify(RECORDS, null, 2)), 'json', false],
  [
    'pretty objects one after the other',
    Buffer.from(RECORDS.map((r) => JSON.stringify(r, null, 2)).join('\n')),
    'json',
    false,
  ],
  ['gzipped JSON lines', gzipSync(asLines(RECORDS)), 'jsonl', true],
  ['many gzip members', asGzipMembers(RECORDS), 'jsonl', true],
  ['a gzipped pretty array', gzipSync(JSON.stringify(RECORDS, null, 1)), 'json', true],
];

describe('readArchive', { timeout: 60_000 }, () => {
  it('should map every record of a mixed file', async () => {
    const items = await read(asLines(RECORDS));
    expect(items.map((item) => (item.type === 'posts' ? item.format : item.reason))).toEqual([
      'x-v2-page',
      'twarc2-page',
      'x-v2-stream',
      'twarc2-flat',
      'x-v1-status',
      'x-v1-status',
      'x-v1-page',
      'x-v1-notice',
      'jetstream',
      'jetstream',
      'mastodon-status',
      'mastodon-event',
    ]);
    expect(items.map((item) => item.record)).toEqual(RECORDS.map((_, index) => index));
    expect(items.map((item) => item.line)).toEqual(RECORDS.map((_, index) => index + 1));
  });

  describe.each(LAYOUTS)('of %s', (_name, bytes, container, gzip) => {
    it('should give the same items', async () => {
      expect(content(await read(bytes))).toEqual(content(await read(asLines(RECORDS))));
    });

    it.each([1, 2, 3, 5, 7, 64, 1_000])('should give the same items in chunks of %i bytes', async (size) => {
      expect(await read(bytes, {}, size)).toEqual(await read(bytes));
    });

    it('should give the same rest from any record', async () => {
      const all = await read(bytes);
      for (let from = 0; from <= all.length; from++) {
        expect(await read(bytes, { fromRecord: from })).toEqual(all.slice(from));
      }
    });

    it('should say what it is', async () => {
      expect(await describeArchive(bytes)).toMatchObject({
        container,
        gzip,
        formats: expect.arrayContaining(['jetstream']),
      });
    });
  });

  it('should name the format for people', async () => {
    expect((await describeArchive(gzipSync(asLines([v2Page([v2Post()])])))).text).toBe('x-v2-page (jsonl, gzip)');
    expect((await describeArchive(Buffer.from(JSON.stringify(v2Page([v2Post()]))))).text).toBe('x-v2-page (json)');
    expect((await describeArchive(Buffer.from(JSON.stringify(v2Page([v2Post()]), null, 2)))).text).toBe(
      'x-v2-page (json)',
    );
  });

  it('should read a one-line file of any layout cut at every byte as a prefix of the same items, and never throw', async () => {
    const bytes = asLines([v2Page([v2Post()]), RECORDS[10]]);
    const all = await read(bytes);
    for (let length = 0; length < bytes.length; length++) {
      const items = await read(bytes.subarray(0, length));
      const whole = items.filter((item) => item.type === 'posts');
      expect(content(whole)).toEqual(content(all.slice(0, whole.length)));
      expect(items.length - whole.length).toBeLessThanOrEqual(1);
    }
  });

  it('should tell bad lines by number and go on, counting blank lines', async () => {
    const good = JSON.stringify(RECORDS[10]);
    const cut = '{"data": {"author_id": "1"';
    const lines = [
      good,
      '',
      cut,
      'NaN',
      '\u0000\u0001',
      '[1]',
      '"text"',
      '12',
      '   ',
      '{"a":NaN}',
      '{"a":1}',
      good,
      '',
    ];
    const items = await read(Buffer.from(lines.join('\n')));
    expect(items.map(({ line, type }) => [line, type])).toEqual([
      [1, 'posts'],
      [3, 'bad'],
      [4, 'bad'],
      [5, 'bad'],
      [6, 'bad'],
      [7, 'bad'],
      [8, 'bad'],
      [10, 'bad'],
      [11, 'bad'],
      [12, 'posts'],
    ]);
    const reasons = items.map((item) => (item.type === 'bad' ? item.reason : ''));
    expect(reasons[1]).toMatch(/^not JSON: /);
    expect(reasons[4]).toBe('a record must be a JSON object, this is an array');
    expect(reasons[8]).toBe('no known kind of record; its keys are "a"');
    expect(items.every((item) => item.type === 'posts' || !item.fatal)).toBe(true);
  });

  it.each([
    ['{"data": {"author_id": "1"', 'an object cut after a value'],
    ['{"data": {"text": "abc', 'an object cut inside a string'],
    ['{"data": {"author_id":', 'an object cut after a colon'],
    ['{', 'an opening brace'],
    ['not json at all', 'words'],
  ])('should go on after a first line that is broken: %j (%s)', async (broken) => {
    const good = JSON.stringify(RECORDS[10]);
    const items = await read(Buffer.from(`${broken}\n${good}\n${good}\n`));
    expect(items.at(-1)).toMatchObject({ type: 'posts', posts: [{}] });
  });

  it('should say that a line is no UTF-8', async () => {
    const line = Buffer.from(JSON.stringify(RECORDS[10]));
    line[line.indexOf('Guten')] = 0xff;
    expect(await read(line)).toMatchObject([{ type: 'bad', reason: 'not valid UTF-8', line: 1, fatal: false }]);
  });

  it.each<[string, Buffer, string | RegExp]>([
    ['an empty file', Buffer.alloc(0), 'the file is empty'],
    ['blank lines', Buffer.from(' \n\n'), 'the file is empty'],
    ['a zip file', Buffer.from('PK\u0003\u0004rest'), /this is a zip file/],
    ['UTF-16', Buffer.from('\ufeff{"a":1}', 'utf16le'), /this is UTF-16 text/],
    ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le'), /this is UTF-16 text/],
    ['gzip in gzip', gzipSync(gzipSync('{}')), /gzip inside gzip/],
    ['gzip of nothing', gzipSync(''), 'the file is empty'],
    ['a gzip header alone', Buffer.from([0x1f, 0x8b]), /the gzip file is cut short/],
    ['junk after a gzip header', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), /the gzip file is damaged/],
  ])('should refuse %s', async (_name, bytes, reason) => {
    expect(await read(bytes)).toEqual([
      { type: 'bad', record: 0, line: 1, fatal: true, reason: expect.stringMatching(reason) },
    ]);
  });

  it('should accept an empty array', async () => {
    expect(await read(Buffer.from('[]'))).toEqual([]);
  });

  it('should keep what came before the end of a truncated gzip file, at any reading speed', async () => {
    const text = asLines(
      Array.from({ length: 2_000 }, (_, i) => ({ ...RECORDS[10], noise: Math.sin(i).toString(36) })),
    );
    const packed = gzipSync(text);
    const half = packed.subarray(0, packed.length >> 1);
    const whole = await read(half);
    expect(whole.length).toBeGreaterThan(500);
    expect(whole.at(-1)).toMatchObject({
      type: 'bad',
      fatal: true,
      reason: 'the gzip file is cut short: its end is missing',
    });
    expect(whole.filter((item) => item.type === 'bad').length).toBe(1);
    expect(await read(half, {}, 100)).toEqual(whole);
    expect(await read(half, { fromRecord: 400 })).toEqual(whole.slice(400));
  });

  it('should notice a damaged gzip file', async () => {
    const packed = gzipSync(asLines(RECORDS));
    packed[packed.length - 6]! ^= 0xff;
    const items = await read(packed);
    expect(items.at(-1)).toMatchObject({ fatal: true, reason: expect.stringMatching(/the gzip file is damaged/) });
  });

  it('should tell where a truncated document breaks off', async () => {
    const pretty = JSON.stringify([RECORDS[10], RECORDS[10]], null, 1);
    expect((await read(Buffer.from(pretty.slice(0, -40)))).at(-1)).toMatchObject({
      fatal: true,
      reason: 'the file ends inside the record that begins here',
    });
    expect((await read(Buffer.from(pretty.slice(0, -1)))).at(-1)).toMatchObject({
      fatal: true,
      reason: /array/ as never,
    });
  });

  it.each([
    ['lines', (record: string) => Buffer.from(`${record}\n"${'x'.repeat(5_000)}"\n${record}\n`)],
    ['an array', (record: string) => Buffer.from(`[${record},"${'x'.repeat(5_000)}",${record}]`)],
  ])('should skip a record over the limit in %s', async (_name, file) => {
    const items = await read(file(JSON.stringify(RECORDS[10])), { maxRecordBytes: 2_000 }, 100);
    expect(items).toMatchObject([
      { type: 'posts' },
      { type: 'bad', reason: 'longer than 2000 bytes', fatal: false },
      { type: 'posts' },
    ]);
  });

  it('should stop unpacking at a limit', async () => {
    const bomb = gzipSync(Buffer.alloc(30_000_000, 0x20));
    expect(await read(bomb, { maxBytes: 1_000_000 })).toMatchObject([
      { fatal: true, reason: /more than 1000000 bytes/ as never },
    ]);
  });

  it('should give up on a file without one usable record, and at the same place when resumed', async () => {
    const junk = Buffer.from('some,csv,line\n'.repeat(5_000));
    const items = await read(junk);
    expect(items.length).toBe(1_001);
    expect(items.at(-1)).toMatchObject({ fatal: true, reason: 'none of the first 1000 records is usable' });
    expect(await read(junk, { fromRecord: 990 })).toEqual(items.slice(990));
  });

  it('should survive nesting of any depth', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const items = await read(Buffer.from(`{"data":${deep}}\n${JSON.stringify(RECORDS[10])}\n`));
    expect(items.at(-1)).toMatchObject({ type: 'posts', posts: [{}] });
    expect((await read(Buffer.from('{"a":'.repeat(100_000)))).length).toBe(1);
  });

  it('should take __proto__ and repeated keys for ordinary ones', async () => {
    const line = `{"__proto__":{"polluted":1},"text":"a","id":"5","id":"6","author_id":"1","created_at":"2021-06-04T10:00:00Z","lang":"__proto__"}\n`;
    expect(await read(Buffer.from(line))).toMatchObject([{ posts: [{ extId: '6', lang: 'und' }] }]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('should pass on an error of the source itself', async () => {
    async function* failing() {
      yield asLines(RECORDS).subarray(0, 100);
      throw new Error('disk gone');
    }
    async function* failingPacked() {
      yield gzipSync(asLines(RECORDS)).subarray(0, 100);
      throw new Error('disk gone');
    }
    for (const source of [failing, failingPacked]) {
      await expect(async () => {
        for await (const item of readArchive(source())) expect(item).toBeDefined();
      }).rejects.toThrow('disk gone');
    }
  });

  it('should let go of the source when the reader stops early', async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield asLines(RECORDS);
      } finally {
        closed = true;
      }
    }
    for await (const item of readArchive(source())) if (item.record > 3) break;
    expect(closed).toBe(true);
  });
});
