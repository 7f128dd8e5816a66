/** Reads a property of anything; one whose getter throws counts as absent. */
export function safeGet(target: unknown, key: string): unknown {
  if (typeof target !== 'object' && typeof target !== 'function') return undefined;
  try {
    return (target as Record<string, unknown> | null)?.[key];
  } catch {
    return undefined;
  }
}

/** Own enumerable string keys of an object, at most `limit`; none when it refuses to tell. */
export function safeKeys(target: object, limit: number): string[] {
  try {
    const keys: string[] = [];
    for (const key in target) {
      if (keys.length >= limit) break;
      if (Object.hasOwn(target, key)) keys.push(key);
    }
    return keys;
  } catch {
    return [];
  }
}
