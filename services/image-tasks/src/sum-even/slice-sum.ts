import { crc32 } from 'node:zlib';
import { crc32Share } from './crc32.domain.js';
import { BYTE_ORDER_MARK, isSeparator, nextSeparator } from './grammar.domain.js';
import type { Kernel } from './kernel.js';
import type { PartialSum, SumSlice } from './slices.domain.js';
import { TokenScanner } from './token-scanner.js';

/** Bytes asked for first to finish the last token of a slice; few tokens are longer. */
const TAIL_BYTES = 4096;

/**
 * `head`: waits for what comes before the slice; `seek`: in a token of the slice before; `own`: between start and end;
 * `tail`: behind the end, in the last token; `done`: needs no more.
 */
type Phase = 'head' | 'seek' | 'own' | 'tail' | 'done';

/**
 * Sum of the tokens that start in a slice. Feed it the bytes of the file from {@link position} on until it is done.
 *
 * A token that crosses a cut is read on both sides of it: to its end by the slice it starts in, and skipped by the ones
 * behind. Both sides count these bytes in the checksum once more. If they have read the same, that cancels out; if not,
 * the checksum of the whole is wrong, as it is when any other byte has changed.
 */
export class SliceSum {
  private readonly scanner: TokenScanner;
  private readonly head: number[] = [];
  private readonly headBytes: number;
  private phase: Phase = 'head';
  private next: number;
  /** Of the bytes between start and end so far. */
  private checksum = 0;
  /** Share of what was read to the end of a token across a cut. */
  private crossing = 0;

  /** @param kernel serves one sum at a time; this one resets it */
  constructor(
    kernel: Kernel,
    private readonly slice: SumSlice,
  ) {
    this.scanner = new TokenScanner(kernel);
    // Whether a token starts here shows the byte before; at the start of the file a byte order mark may be in the way.
    const isNearStart = slice.start <= BYTE_ORDER_MARK.length;
    this.next = isNearStart ? 0 : slice.start - 1;
    this.headBytes = isNearStart ? Math.min(BYTE_ORDER_MARK.length, slice.size) : 1;
    if (slice.start >= slice.end) this.phase = 'done';
  }

  /** Where to read: offset of the next byte in the file. */
  get position(): number {
    return this.next;
  }

  get isDone(): boolean {
    return this.phase === 'done';
  }

  /** Room for the next bytes, no more than are useful. Read into it, then {@link commit}. */
  room(): Uint8Array {
    return this.scanner.chunk.subarray(0, this.wanted());
  }

  /** The first `length` bytes of {@link room} are the next ones of the file. */
  commit(length: number): void {
    const from = this.next;
    this.next += length;
    switch (this.phase) {
      case 'head':
        return this.takeHead(length);
      case 'seek':
      case 'own':
        return this.takeOwn(length, from);
      case 'tail':
        return this.takeTail(length, from);
      case 'done':
    }
  }

  /** Takes what it needs of a piece of any length. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.isDone;) {
      const room = this.room();
      const piece = chunk.subarray(at, at + room.length);
      room.set(piece);
      this.commit(piece.length);
      at += piece.length;
    }
  }

  result(): PartialSum {
    const { sum, count, evenCount, malformed, firstMalformed } = this.scanner.tally();
    return {
      sum: sum.toString(),
      count,
      even_count: evenCount,
      malformed,
      first_malformed: firstMalformed,
      bytes: this.slice.end - this.slice.start,
      crc32: (crc32Share(this.checksum, this.slice.size - this.slice.end) ^ this.crossing) >>> 0,
    };
  }

  private wanted(): number {
    switch (this.phase) {
      case 'head':
        return this.headBytes - this.head.length;
      case 'seek':
      case 'own':
        return Math.min(this.scanner.chunk.length, this.slice.end - this.next);
      case 'tail':
        // Twice as much each time.
        return Math.min(
          this.scanner.chunk.length,
          Math.max(TAIL_BYTES, this.next - this.slice.end),
          this.slice.size - this.next,
        );
      case 'done':
        return 0;
    }
  }

  private takeHead(length: number): void {
    const { start, end } = this.slice;
    this.head.push(...this.scanner.chunk.subarray(0, length));
    if (this.head.length < this.headBytes) return;
    if (start > BYTE_ORDER_MARK.length) {
      this.phase = isSeparator(this.head[0]!) ? 'own' : 'seek';
      return;
    }
    const hasMark = BYTE_ORDER_MARK.every((byte, index) => byte === this.head[index]);
    const from = hasMark ? BYTE_ORDER_MARK.length : start;
    this.phase = from === 0 || hasMark || isSeparator(this.head[from - 1]!) ? 'own' : 'seek';
    if (hasMark) this.checksum = crc32(Uint8Array.from(this.head.slice(start, end)));
    this.next = from;
    if (from >= end) {
      this.phase = 'done';
      return;
    }
    // What was read ahead and belongs to the slice is taken as if it came now.
    this.push(Uint8Array.from(this.head.slice(from)));
  }

  private takeOwn(length: number, offset: number): void {
    this.checksum = crc32(this.scanner.chunk.subarray(0, length), this.checksum);
    let from = 0;
    if (this.phase === 'seek') {
      from = nextSeparator(this.scanner.chunk, 0, length);
      this.cross(from, offset);
      if (from < length) this.phase = 'own';
    }
    if (from < length) this.scanner.commit(from, length, offset + from);
    if (this.next < this.slice.end) return;
    this.phase = this.scanner.isInToken ? 'tail' : 'done';
    this.closeAtEnd();
  }

  private takeTail(length: number, offset: number): void {
    const separator = nextSeparator(this.scanner.chunk, 0, length);
    const isFound = separator < length;
    this.cross(separator, offset);
    this.scanner.commit(0, isFound ? separator + 1 : length, offset);
    if (isFound) this.phase = 'done';
    else this.closeAtEnd();
  }

  /** The first `length` bytes of the chunk, which are those at `offset`, belong to a token from the other side of a cut. */
  private cross(length: number, offset: number): void {
    const share = crc32Share(crc32(this.scanner.chunk.subarray(0, length)), this.slice.size - offset - length);
    this.crossing ^= share;
  }

  private closeAtEnd(): void {
    if (this.phase !== 'tail' || this.next < this.slice.size) return;
    this.scanner.close(this.next);
    this.phase = 'done';
  }
}
