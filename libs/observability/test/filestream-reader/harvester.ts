import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const LINE_FEED = 0x0a;

/** A whole line, without its line feed. */
export interface HarvestedLine {
  text: string;
  /** Where the line starts. */
  offset: number;
  /** Where the next line starts. */
  end: number;
}

export interface HarvesterOptions {
  /** Bytes per read. */
  bufferBytes: number;
  /** Shortest and longest pause at the end of the file. */
  backoffMs: { first: number; last: number };
}

export type Harvest = { lines: HarvestedLine[] } | { ended: 'truncated' };

/**
 * Reads one file from an offset on. It keeps the file open, also when the file is renamed. A line without its end stays in
 * memory until the rest of it comes; a file that is smaller than what was read of it was truncated.
 */
export class Harvester {
  readonly #descriptor: number;
  readonly #options: HarvesterOptions;
  readonly #buffer: Buffer;
  #partial: Buffer = Buffer.alloc(0);
  #readTo: number;
  #backoffMs: number;
  #nextReadMs = 0;
  #lastReadMs = Date.now();

  constructor(path: string, offset: number, options: HarvesterOptions) {
    this.#descriptor = openSync(path, 'r');
    // "File was truncated. Reading file from offset 0."
    this.#readTo = fstatSync(this.#descriptor).size < offset ? 0 : offset;
    this.#options = options;
    this.#buffer = Buffer.alloc(options.bufferBytes);
    this.#backoffMs = options.backoffMs.first;
  }

  get nextReadMs(): number {
    return this.#nextReadMs;
  }

  /** Milliseconds since something was read. */
  idleMs(now: number): number {
    return now - this.#lastReadMs;
  }

  /** The file has no name any more. */
  get isRemoved(): boolean {
    return fstatSync(this.#descriptor).nlink === 0;
  }

  harvest(now: number): Harvest {
    const bytes = readSync(this.#descriptor, this.#buffer, 0, this.#buffer.length, this.#readTo);
    if (bytes === 0) return this.#endOfFile(now);
    const start = this.#readTo - this.#partial.length;
    const text = Buffer.concat([this.#partial, this.#buffer.subarray(0, bytes)]);
    this.#readTo += bytes;
    this.#lastReadMs = now;
    this.#backoffMs = this.#options.backoffMs.first;
    this.#nextReadMs = now;
    const lines: HarvestedLine[] = [];
    let from = 0;
    for (let feed = text.indexOf(LINE_FEED); feed >= 0; feed = text.indexOf(LINE_FEED, from)) {
      lines.push({ text: text.toString('utf8', from, feed), offset: start + from, end: start + feed + 1 });
      from = feed + 1;
    }
    this.#partial = text.subarray(from);
    return { lines };
  }

  get inode(): number {
    return fstatSync(this.#descriptor).ino;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #endOfFile(now: number): Harvest {
    if (fstatSync(this.#descriptor).size < this.#readTo) return { ended: 'truncated' };
    this.#nextReadMs = now + this.#backoffMs;
    this.#backoffMs = Math.min(this.#backoffMs * 2, this.#options.backoffMs.last);
    return { lines: [] };
  }
}
