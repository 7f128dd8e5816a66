import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  isSpace,
  LINE_FEED,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './json-bytes.domain.js';
import { PendingRecord, type RawRecord, type Splitter } from './raw-record.js';

/** Nested: object or array; text: a string; token: number, word or junk up to the next separator. */
type ValueKind = 'nested' | 'text' | 'token';

/**
 * Values of a JSON document: the elements of a top-level array, or the top-level values themselves. Follows only strings
 * and brackets; whether a value is JSON is left to the parser, so that one bad element costs one record.
 */
export class DocumentSplitter implements Splitter {
  readonly container = 'json';
  private readonly pending: PendingRecord;
  private value: ValueKind | null = null;
  private valueLine = 1;
  private depth = 0;
  private inText = false;
  private escaped = false;
  private inArray = false;

  constructor(
    maxRecordBytes: number,
    private line: number,
  ) {
    this.pending = new PendingRecord(maxRecordBytes);
  }

  *push(chunk: Buffer): Generator<RawRecord> {
    let at = 0;
    while (at < chunk.length) {
      if (this.value === null) {
        at = this.seekValue(chunk, at);
        if (this.value === null) return;
      }
      const end = this.seekEnd(chunk, at);
      if (end === -1) {
        this.pending.add(chunk.subarray(at));
        return;
      }
      this.value = null;
      yield this.pending.finish(chunk.subarray(at, end), this.valueLine);
      at = end;
    }
  }

  *end(): Generator<RawRecord> {
    if (this.value === 'token') {
      yield this.pending.finish(Buffer.alloc(0), this.valueLine);
    } else if (this.value !== null) {
      const fault = `the file ends inside the record that begins here`;
      yield { line: this.valueLine, bytes: null, fault, cut: true };
      return;
    }
    if (this.inArray) {
      yield { line: this.line, bytes: null, fault: 'the file ends before its array is closed', cut: true };
    }
  }

  /** Index of the first byte of the next value, after which `value` is set; or the end of the chunk. */
  private seekValue(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === LINE_FEED) this.line++;
      else if (isSpace(byte) || byte === COMMA) continue;
      else if (byte === OPEN_ARRAY && !this.inArray) this.inArray = true;
      else if (byte === CLOSE_ARRAY && this.inArray) this.inArray = false;
      else {
        this.value = byte === OPEN_OBJECT || byte === OPEN_ARRAY ? 'nested' : byte === QUOTE ? 'text' : 'token';
        this.valueLine = this.line;
        return at;
      }
    }
    return chunk.length;
  }

  /** Index just after the value that runs at `from`, or -1 when it goes on after the chunk. */
  private seekEnd(chunk: Buffer, from: number): number {
    if (this.value === 'token') return this.seekTokenEnd(chunk, from);
    // Fields cost in a loop over every byte.
    let { depth, inText, escaped, line } = this;
    let at = from;
    let end = -1;
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === LINE_FEED) line++;
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inText = false;
          if (depth === 0) {
            end = at + 1;
            break;
          }
        }
      } else if (byte === QUOTE) inText = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) {
        end = at + 1;
        break;
      }
    }
    this.depth = depth;
    this.inText = inText;
    this.escaped = escaped;
    this.line = line;
    return end;
  }

  private seekTokenEnd(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === COMMA || byte === CLOSE_ARRAY || isSpace(byte))
        return this.pending.empty && at === from ? at + 1 : at;
    }
    return -1;
  }
}
