import { isUtf8 } from 'node:buffer';
import type { ArchiveDescription, ArchiveItem, ArchiveOptions, ArchiveReading, RecordFormat } from './contract.js';
import { DamagedArchiveError, decodeBytes } from './decoded-bytes.reader.js';
import { JsonRecords } from './json-records.reader.js';
import type { RawRecord } from './raw-record.js';
import { mapRecord } from './record.mapper.js';

const MIB = 1024 * 1024;
const DEFAULT_MAX_RECORD_BYTES = 32 * MIB;
const DEFAULT_MAX_BYTES = 64 * 1024 * MIB;
/** A file whose first records are all bad is not what it claims to be: no need to list a million faults. */
const HOPELESS_RECORDS = 1_000;

/** Reads an archive (JSON, JSON lines, gzip of either) record by record; never holds more than one record. */
export function readArchive(bytes: AsyncIterable<Uint8Array>, options: ArchiveOptions = {}): ArchiveReading {
  const pass = new ReadingPass(options);
  return { [Symbol.asyncIterator]: () => pass.items(bytes), describe: () => pass.describe() };
}

class ReadingPass {
  private readonly fromRecord: number;
  private readonly maxBytes: number;
  private readonly records: JsonRecords;
  private readonly formats = new Set<RecordFormat>();
  private gzip = false;
  private index = 0;
  private line = 1;

  constructor(options: ArchiveOptions) {
    this.fromRecord = options.fromRecord ?? 0;
    this.maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.records = new JsonRecords(options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES);
  }

  describe(): ArchiveDescription {
    const formats = [...this.formats];
    const container = this.records.container;
    const text =
      formats.length === 0 ? null : `${formats.join(', ')} (${container ?? 'json'}${this.gzip ? ', gzip' : ''})`;
    return { gzip: this.gzip, container, formats, text };
  }

  async *items(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ArchiveItem, void, undefined> {
    try {
      const decoded = await decodeBytes(bytes);
      this.gzip = decoded.gzip;
      let read = 0;
      for await (const chunk of decoded.chunks) {
        read += chunk.length;
        if (read > this.maxBytes)
          throw new DamagedArchiveError(`unpacked, the file has more than ${this.maxBytes} bytes`);
        yield* this.mapped(this.records.push(chunk));
      }
      yield* this.mapped(this.records.end());
    } catch (error) {
      if (!(error instanceof DamagedArchiveError)) throw error;
      yield { type: 'bad', record: this.index, line: this.line, reason: error.message, fatal: true };
    }
  }

  private *mapped(records: Iterable<RawRecord>): Generator<ArchiveItem> {
    for (const raw of records) {
      this.line = raw.line;
      const record = this.index;
      // Until something usable was seen, skipped records are looked at too: a resumed pass must give up at the same place.
      if (record < this.fromRecord && (this.formats.size > 0 || record >= HOPELESS_RECORDS)) {
        this.index++;
        continue;
      }
      const item = this.itemOf(raw, record);
      this.index++;
      if (item.type === 'posts') this.formats.add(item.format);
      if (record >= this.fromRecord) yield item;
      if (this.formats.size === 0 && this.index === HOPELESS_RECORDS) {
        throw new DamagedArchiveError(`none of the first ${HOPELESS_RECORDS} records is usable`);
      }
    }
  }

  private itemOf(raw: RawRecord, record: number): ArchiveItem {
    const { line } = raw;
    const bad = (reason: string): ArchiveItem => ({ type: 'bad', record, line, reason, fatal: raw.cut ?? false });
    if (raw.bytes === null) return bad(raw.fault ?? 'unreadable');
    if (!isUtf8(raw.bytes)) return bad('not valid UTF-8');
    let value: unknown;
    try {
      value = JSON.parse(raw.bytes.toString('utf8'));
    } catch (error) {
      return bad(`not JSON: ${parserMessage(error)}`);
    }
    const mapped = mapRecord(value);
    return mapped.type === 'bad' ? bad(mapped.reason) : Object.assign(mapped, { record, line });
  }
}

/** The parser's message without control characters and excerpts of any length. */
function parserMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/[\p{Cc}\p{Cs}\ufffd]+/gu, ' ').slice(0, 160);
}
