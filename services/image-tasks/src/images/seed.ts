import { createHash } from 'node:crypto';
import type { RandomState } from './random.domain.js';

/** The state that a seed stands for: the first 16 bytes of its SHA-256, as four little-endian words. */
export function stateOfSeed(seed: string): RandomState {
  const digest = createHash('sha256').update(seed, 'utf8').digest();
  return [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)];
}
