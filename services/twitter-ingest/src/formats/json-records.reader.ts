import { DocumentSplitter } from './document.splitter.js';
import { DamagedArchiveError } from './decoded-bytes.reader.js';
import { LineSplitter } from './line.splitter.js';
import { isSpace, LINE_FEED, OPEN_ARRAY, OPEN_OBJECT } from './json-bytes.domain.js';
import { GrowingBuffer, type RawRecord, type Splitter } from './raw-record.js';
import { continuesObject } from './first-line.domain.js';

const SIGNATURES: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['gzip inside gzip', [0x1f, 0x8b]],
  ['a zip file', [0x50, 0x4b, 0x03, 0x04]],
  ['zstd data', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2 data', [0x42, 0x5a, 0x68]],
  ['xz data', [0xfd, 0x37, 0x7a, 0x58]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['UTF-16 text', [0xff, 0xfe]],
  ['UTF-16 text', [0xfe, 0xff]],
  ['UTF-16 text', [0x7b, 0x00]],
  ['UTF-16 text', [0x00, 0x7b]],
];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const LONGEST_SIGNATURE = 4;

/**
 * Cuts decoded bytes into JSON records, told by looking: line-delimited, or one document (an object over many lines, or an
 * array whose elements are the records). Keeps at most one record in memory.
 */
export class JsonRecords {
  private readonly head = new GrowingBuffer();
  private lineFeedSeen = false;
  private opened = false;
  private line = 1;
  private splitter: Splitter | null = null;

  constructor(private readonly maxRecordBytes: number) {}

  /** null until the first line could be judged. */
  get container(): 'jsonl' | 'json' | null {
    return this.splitter?.container ?? null;
  }

  *push(chunk: Buffer): Generator<RawRecord> {
    if (this.splitter) return yield* this.splitter.push(chunk);
    let bytes = chunk;
    if (!this.opened) {
      this.head.add(chunk);
      if (this.head.length < LONGEST_SIGNATURE) return;
      bytes = this.open();
    }
    yield* this.judge(bytes, false);
  }

  *end(): Generator<RawRecord> {
    if (!this.splitter) yield* this.judge(this.opened ? Buffer.alloc(0) : this.open(), true);
    if (!this.splitter) throw new DamagedArchiveError('the file is empty');
    yield* this.splitter.end();
  }

  /** Refuses what is no UTF-8 JSON at first sight and drops a byte order mark. */
  private open(): Buffer {
    const bytes = this.head.take();
    this.opened = true;
    for (const [name, signature] of SIGNATURES) {
      if (signature.every((byte, i) => bytes[i] === byte)) {
        throw new DamagedArchiveError(`this is ${name}; JSON or JSON lines in UTF-8 are needed, plain or gzipped`);
      }
    }
    return BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
  }

  /** Holds the first line back until it is clear whether it is a record or the beginning of a document. */
  private *judge(chunk: Buffer, last: boolean): Generator<RawRecord> {
    const bytes = this.head.length === 0 ? this.withoutLeadingSpace(chunk) : chunk;
    if (bytes.length > 0) this.head.add(bytes);
    const { first } = this.head;
    if (first === undefined) return;
    if (first === OPEN_OBJECT) {
      const decided = last || this.head.length > this.maxRecordBytes || this.hasSecondLine(bytes);
      if (!decided) return;
    }
    const held = this.head.take();
    const document = first === OPEN_ARRAY || (first === OPEN_OBJECT && continuesObject(held));
    this.splitter = new (document ? DocumentSplitter : LineSplitter)(this.maxRecordBytes, this.line);
    yield* this.splitter.push(held);
  }

  private withoutLeadingSpace(chunk: Buffer): Buffer {
    let at = 0;
    for (; at < chunk.length && isSpace(chunk[at]!); at++) if (chunk[at] === LINE_FEED) this.line++;
    return chunk.subarray(at);
  }

  /** Whether this chunk brings the first byte of a second line. Looks at every byte once. */
  private hasSecondLine(chunk: Buffer): boolean {
    let at = 0;
    if (!this.lineFeedSeen) {
      at = chunk.indexOf(LINE_FEED);
      if (at === -1) return false;
      this.lineFeedSeen = true;
    }
    while (at < chunk.length && isSpace(chunk[at]!)) at++;
    return at < chunk.length;
  }
}
