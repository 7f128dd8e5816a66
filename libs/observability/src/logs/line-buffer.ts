import type { LogLevel } from './levels.js';

/** Share of the buffer that a level may fill. The rest is kept for what matters more. */
const SHARE: Readonly<Record<LogLevel, number>> = { debug: 0.6, info: 0.8, warn: 0.95, error: 1 };

interface Entry {
  line: string;
  bytes: number;
}

/** Lines that wait to be written, in order, in a bounded number of bytes. When it fills up, debug is refused first and errors last. */
export class LineBuffer {
  readonly #maxBytes: number;
  #entries: Entry[] = [];
  #taken = 0;
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
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#bytes + bytes > this.#maxBytes * SHARE[level]) return false;
    this.#entries.push({ line, bytes });
    this.#bytes += bytes;
    return true;
  }

  /** Takes whole lines of about `limit` bytes (at least one line), each ended by a line feed; empty when there is none. */
  take(limit: number): Buffer {
    const lines: string[] = [];
    let bytes = 0;
    while (this.#taken < this.#entries.length) {
      const entry = this.#entries[this.#taken]!;
      if (bytes > 0 && bytes + entry.bytes > limit) break;
      lines.push(entry.line);
      bytes += entry.bytes;
      this.#taken++;
    }
    this.#bytes -= bytes;
    if (this.#taken === this.#entries.length || this.#taken > 10_000) {
      this.#entries = this.#entries.slice(this.#taken);
      this.#taken = 0;
    }
    return lines.length === 0 ? Buffer.alloc(0) : Buffer.from(`${lines.join('\n')}\n`);
  }
}
