/** The bytes of one record, or why there are none. */
export interface RawRecord {
  line: number;
  bytes: Buffer | null;
  fault: string | null;
  /** The record is not closed: the file ends inside of it. */
  cut?: boolean;
}

/** Cuts chunks into records; holds at most one unfinished record. */
export interface Splitter {
  readonly container: 'jsonl' | 'json';
  push(chunk: Buffer): Generator<RawRecord>;
  end(): Generator<RawRecord>;
}

/** Bytes that arrive in pieces of any size, in one buffer that doubles: many tiny pieces cost no more than their bytes. */
export class GrowingBuffer {
  private buffer = Buffer.alloc(0);
  private used = 0;

  get length(): number {
    return this.used;
  }

  get first(): number | undefined {
    return this.used > 0 ? this.buffer[0] : undefined;
  }

  add(part: Buffer): void {
    const needed = this.used + part.length;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.used);
      this.buffer = larger;
    }
    part.copy(this.buffer, this.used);
    this.used = needed;
  }

  /** All bytes so far; the buffer is empty afterwards. */
  take(): Buffer {
    const bytes = this.buffer.subarray(0, this.used);
    this.buffer = Buffer.alloc(0);
    this.used = 0;
    return bytes;
  }
}

/** Collects a record that spans chunks; forgets it once it is too long. */
export class PendingRecord {
  private readonly bytes = new GrowingBuffer();
  private overlong = false;

  constructor(private readonly maxBytes: number) {}

  get empty(): boolean {
    return this.bytes.length === 0 && !this.overlong;
  }

  add(part: Buffer): void {
    if (this.overlong) return;
    if (this.bytes.length + part.length > this.maxBytes) {
      this.overlong = true;
      this.bytes.take();
    } else if (part.length > 0) this.bytes.add(part);
  }

  /** The record that ends with this part, at the given line. */
  finish(part: Buffer, line: number): RawRecord {
    if (this.empty && part.length <= this.maxBytes) return { line, bytes: part, fault: null };
    this.add(part);
    const bytes = this.overlong ? null : this.bytes.take();
    this.overlong = false;
    return { line, bytes, fault: bytes ? null : `longer than ${this.maxBytes} bytes` };
  }
}
