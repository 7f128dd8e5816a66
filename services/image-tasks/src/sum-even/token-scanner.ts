import { DecimalSum } from './decimal-sum.domain.js';
import {
  behindLastSeparator,
  isSeparator,
  LINE_FEED,
  MALFORMED_KEPT,
  type MalformedToken,
  MAX_TOKEN_BYTES,
  MINUS,
  nextSeparator,
  PLUS,
  shownText,
  ZERO,
} from './grammar.domain.js';
import { CHUNK_AT, CHUNK_BYTES, type Kernel } from './kernel.js';

/** How far the slow path goes before the kernel is asked again. */
const SLOW_BYTES = 64;

/** What was found in a stretch of text. */
export interface Tally {
  sum: bigint;
  count: number;
  evenCount: number;
  malformed: number;
  /** The first ones, in order. */
  firstMalformed: MalformedToken[];
}

/**
 * Adds up the tokens of consecutive bytes, however they are cut. Read into {@link chunk}, then {@link commit}: so the bytes
 * are not copied once more.
 */
export class TokenScanner {
  private readonly bytes: Uint8Array;
  private readonly slowSum = new DecimalSum();
  private readonly firstMalformed: MalformedToken[] = [];
  private count = 0;
  private evenCount = 0;
  private malformed = 0;
  /** Bytes of the unfinished token, which end where the chunk begins. */
  private carried = 0;
  /** The unfinished token is too long and already counted as malformed. */
  private overlong = false;

  constructor(private readonly kernel: Kernel) {
    this.bytes = kernel.bytes;
    kernel.reset();
  }

  get chunk(): Uint8Array {
    return this.bytes.subarray(CHUNK_AT, CHUNK_AT + CHUNK_BYTES);
  }

  get isInToken(): boolean {
    return this.carried > 0 || this.overlong;
  }

  /** Takes bytes [from, to) of the chunk; the first one is byte `offset` of the file. `from` is 0 inside of a token. */
  commit(from: number, to: number, offset: number): void {
    const end = CHUNK_AT + to;
    let start = CHUNK_AT + from;
    if (this.overlong) {
      start = nextSeparator(this.bytes, start, end);
      if (start === end) return;
      this.overlong = false;
    }
    const whole = behindLastSeparator(this.bytes, start, end);
    const offsetOf = (index: number) => offset + index - CHUNK_AT - from;
    if (whole > start) {
      this.run(start - this.carried, whole, offsetOf(start) - this.carried);
      this.carried = 0;
    }
    this.carry(whole, end, offsetOf(whole));
  }

  /** The text ends here, and with it the unfinished token. */
  close(offset: number): void {
    this.bytes[CHUNK_AT] = LINE_FEED;
    if (this.carried > 0) this.run(CHUNK_AT - this.carried, CHUNK_AT + 1, offset - this.carried);
    this.carried = 0;
    this.overlong = false;
  }

  tally(): Tally {
    const { count, evenCount, positive, negative } = this.kernel.counters();
    const fast = new DecimalSum();
    for (const [place, digits] of positive.entries()) fast.addPlace(place, digits - negative[place]!);
    return {
      sum: fast.toBigInt() + this.slowSum.toBigInt(),
      count: count + this.count,
      evenCount: evenCount + this.evenCount,
      malformed: this.malformed,
      firstMalformed: [...this.firstMalformed],
    };
  }

  private carry(from: number, end: number, offset: number): void {
    const length = this.carried + end - from;
    const start = from - this.carried;
    if (length > MAX_TOKEN_BYTES) {
      this.rejectToken(start, length, offset - this.carried);
      this.carried = 0;
      this.overlong = true;
      return;
    }
    // A token that goes on lies in one piece before and in the chunk only if the chunk has nothing before it.
    this.bytes.copyWithin(CHUNK_AT - length, start, end);
    this.carried = length;
  }

  private run(from: number, to: number, offset: number): void {
    let at = from;
    while (at < to) {
      at = this.kernel.run(at, to);
      if (at < to) at = this.judge(at, to, offset + at - from);
    }
  }

  /** Looks at each token of [from, to) by itself until {@link SLOW_BYTES} are passed; gives where it stopped. */
  private judge(from: number, to: number, offset: number): number {
    const bytes = this.bytes;
    const enough = Math.min(to, from + SLOW_BYTES);
    let at = from;
    while (at < enough) {
      if (isSeparator(bytes[at]!)) {
        at++;
        continue;
      }
      const end = nextSeparator(bytes, at, to);
      this.judgeToken(at, end, offset + at - from);
      at = end;
    }
    return at;
  }

  private judgeToken(start: number, end: number, offset: number): void {
    const bytes = this.bytes;
    const sign = bytes[start]!;
    const digits = sign === MINUS || sign === PLUS ? start + 1 : start;
    let at = digits;
    while (at < end && bytes[at]! >= ZERO && bytes[at]! <= ZERO + 9) at++;
    if (at < end || digits === end || end - start > MAX_TOKEN_BYTES) {
      this.rejectToken(start, end - start, offset);
      return;
    }
    this.count++;
    if ((bytes[end - 1]! & 1) === 1) return;
    this.evenCount++;
    this.slowSum.addDigits(bytes, digits, end, sign === MINUS ? -1 : 1);
  }

  private rejectToken(start: number, length: number, offset: number): void {
    this.malformed++;
    if (this.firstMalformed.length >= MALFORMED_KEPT) return;
    this.firstMalformed.push({ offset, text: shownText(this.bytes.subarray(start), length) });
  }
}
