import { isSpace, LINE_FEED } from './json-bytes.domain.js';
import { PendingRecord, type RawRecord, type Splitter } from './raw-record.js';

const NOTHING = Buffer.alloc(0);

/** One record a line; blank lines count as lines but are no records. */
export class LineSplitter implements Splitter {
  private readonly pending: PendingRecord;
  private lines = 0;
  private records = 0;

  constructor(
    maxRecordBytes: number,
    private line: number,
  ) {
    this.pending = new PendingRecord(maxRecordBytes);
  }

  /** A single object without a line end is as well a JSON document, and called that. */
  get container(): 'jsonl' | 'json' {
    return this.lines === 0 && this.records === 1 ? 'json' : 'jsonl';
  }

  *push(chunk: Buffer): Generator<RawRecord> {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      const record = this.pending.finish(chunk.subarray(from, at), this.line);
      from = at + 1;
      this.lines++;
      this.line++;
      if (!isBlank(record)) yield this.counted(record);
    }
    if (from < chunk.length) this.pending.add(chunk.subarray(from));
  }

  *end(): Generator<RawRecord> {
    if (this.pending.empty) return;
    const record = this.pending.finish(NOTHING, this.line);
    if (!isBlank(record)) yield this.counted(record);
  }

  private counted(record: RawRecord): RawRecord {
    this.records++;
    return record;
  }
}

function isBlank(record: RawRecord): boolean {
  return record.bytes !== null && record.bytes.every(isSpace);
}
