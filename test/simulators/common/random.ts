/** A small generator of numbers in [0, 1), the same for the same seeds (mulberry32 over a mix of them). */
export function seededRandom(...seeds: readonly number[]): () => number {
  let state = 0x9e3779b9;
  for (const seed of seeds) {
    state = Math.imul(state ^ (seed >>> 0), 0x85ebca6b) >>> 0;
    state = (state ^ (state >>> 13)) >>> 0;
    // Slot numbers are larger than 32 bits allow.
    state = Math.imul(state ^ Math.floor(seed / 4_294_967_296), 0xc2b2ae35) >>> 0;
  }
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

/** One of the entries, each as often as its weight says. */
export function pickWeighted<T extends { weight: number }>(random: () => number, list: readonly T[]): T {
  let left = random() * list.reduce((sum, { weight }) => sum + weight, 0);
  return list.find(({ weight }) => (left -= weight) < 0) ?? list[list.length - 1]!;
}
