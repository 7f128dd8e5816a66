import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + bytes);
  used += bytes;
  return /[1-9a-f]/.test(hex) ? hex : randomHex(bytes);
}

/** 16 random bytes in lower-case hex, never all zero (W3C Trace Context 3.2.2.3). */
export function newTraceId(): string {
  return randomHex(16);
}

/** 8 random bytes in lower-case hex, never all zero (W3C Trace Context 3.2.2.4). */
export function newSpanId(): string {
  return randomHex(8);
}
