// One line per news, and a sign of life for steps that are silent by themselves.

const QUIET_MS = 3_000;

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs a step; while it takes longer than three seconds, prints what `news` says about it.
 *
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} step
 * @param {() => string} [news]
 * @returns {Promise<T>}
 */
export async function withProgress(label, step, news = () => '') {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  const timer = setInterval(() => say([`${label}: ${seconds()}`, news()].filter(Boolean).join(', ')), QUIET_MS);
  try {
    const result = await step();
    say(`${label}: done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
