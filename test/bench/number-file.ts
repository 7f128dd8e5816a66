import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file of numbers and what is true of it, counted while it was made. */
export interface NumberFile {
  path: string;
  bytes: number;
  sum: string;
  count: number;
}

const BLOCK_BYTES = 100_000_000;
const BELOW = 1_000_000_000;

/** Whole numbers below a billion, one per line; the same in every run. A block of 100 MB is repeated. */
export class NumberFiles {
  private readonly block = Buffer.allocUnsafe(BLOCK_BYTES);
  private sum = 0n;
  private count = 0;

  constructor(private readonly dir: string) {
    let state = 2_463_534_242;
    let bytes = 0;
    let part = 0;
    while (bytes < BLOCK_BYTES) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const line = `${(state >>> 0) % BELOW}\n`;
      // The last line is cut to fit and ends as the others do.
      const kept = line.slice(Math.max(0, bytes + line.length - BLOCK_BYTES));
      bytes += this.block.write(kept, bytes, 'latin1');
      if (kept === '\n') break;
      const value = Number(kept);
      this.count++;
      if (value % 2 === 0) part += value;
      if (part > Number.MAX_SAFE_INTEGER / 2) {
        this.sum += BigInt(part);
        part = 0;
      }
    }
    this.sum += BigInt(part);
  }

  /** Writes the block as often as asked. */
  make(name: string, blocks: number): NumberFile {
    const path = join(this.dir, name);
    const file = openSync(path, 'w');
    for (let block = 0; block < blocks; block++) writeSync(file, this.block);
    closeSync(file);
    return {
      path,
      bytes: blocks * BLOCK_BYTES,
      sum: (this.sum * BigInt(blocks)).toString(),
      count: this.count * blocks,
    };
  }
}
