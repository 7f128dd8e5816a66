import type { LogLevel } from './levels.js';

/** Share of the buffer that a level may fill. The rest is kept for what matters more. */
const SHARE: Readonly<Record<LogLevel, number>> = { debug: 0.6, info: 0.8, warn: 0.95, error: 1 };

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
/** Most bytes of UTF-8 that one UTF-16 unit can become. */
const WIDEST = 3;

/**
 * Lines that wait to be written, in order, in a bounded number of bytes. When it fills up, debug is refused first and errors
 * last. Lines are encoded as they come, into chunks that are written as they are: nothing is copied twice.
 */
export class LineBuffer {
  readonly #maxBytes: number;
  readonly #full: Buffer[] = [];
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  /** What lies before it was taken. */
  #start = 0;
  #end = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True when less than half full: time to tell what was refused. */
  get relaxed(): boolean {
    return this.#bytes < this.#maxBytes / 2;
  }

  /** @returns false when there is no room for a line of this level */
  push(line: string, level: LogLevel): boolean {
    const room = this.#maxBytes * SHARE[level] - this.#bytes;
    let bytes = line.length * WIDEST + 1;
    // To count exactly costs as much as to encode; it matters only near an end.
    if (bytes > room || this.#end + bytes > this.#chunk.length) {
      bytes = Buffer.byteLength(line) + 1;
      if (bytes > room) return false;
      if (this.#end + bytes > this.#chunk.length) this.#beginChunk(bytes);
    }
    const start = this.#end;
    this.#end += this.#chunk.write(line, start);
    this.#chunk[this.#end++] = LINE_FEED;
    this.#bytes += this.#end - start;
    return true;
  }

  /** Takes whole lines, each ended by a line feed: a chunk, or what there is of the last one; empty when there is none. */
  take(): Buffer {
    const taken = this.#full.shift() ?? this.#takeRest();
    this.#bytes -= taken.length;
    return taken;
  }

  #takeRest(): Buffer {
    const rest = this.#chunk.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return rest;
  }

  #beginChunk(bytes: number): void {
    const rest = this.#takeRest();
    if (rest.length > 0) this.#full.push(rest);
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes));
    this.#start = 0;
    this.#end = 0;
  }
}
