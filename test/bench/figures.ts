/** Middle value; of an even number of values the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Nearest-rank percentile. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** One line of a table: name, then figures. */
export function row(name: string, ...figures: (string | number)[]): void {
  const cells = figures.map((figure) => (typeof figure === 'number' ? short(figure) : figure).padStart(14));
  process.stdout.write(`${name.padEnd(44)}${cells.join('')}\n`);
}

function short(figure: number): string {
  if (figure >= 100) return Math.round(figure).toLocaleString('en');
  return figure.toPrecision(3);
}

export function heading(text: string): void {
  process.stdout.write(`\n${text}\n`);
}
