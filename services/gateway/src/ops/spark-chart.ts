import { html, type Html } from '../docs/html.js';
import type { Series } from './ops.schema.js';

const WIDTH = 240;
const HEIGHT = 48;
const MARGIN = 2;

export interface SparkOptions {
  readonly label: string;
  /** `bad` for what should be zero. */
  readonly tone: 'plain' | 'bad';
  /** The scale reaches at least to here, so that noise does not look like a mountain. */
  readonly atLeast: number;
}

/** A line over time from zero up, broken where there are no values. It fills the width it is given. */
export function sparkChart(values: Series, { label, tone, atLeast }: SparkOptions): Html {
  const most = Math.max(atLeast, ...values.map((value) => value ?? 0));
  const x = (index: number) => round((index / Math.max(1, values.length - 1)) * WIDTH);
  const y = (value: number) => round(HEIGHT - MARGIN - (value / most) * (HEIGHT - 2 * MARGIN));
  const runs = runsOf(values);
  const areas = runs.map((run) => {
    const line = run.map(({ index, value }) => `${x(index)},${y(value)}`).join(' ');
    const [first, last] = [run[0]!.index, run.at(-1)!.index];
    return html`<polygon points="${x(first)},${HEIGHT} ${line} ${x(last)},${HEIGHT}" /><polyline points="${line}" />`;
  });
  return html`<svg
    class="spark ${tone}"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    ${areas}
  </svg>`;
}

interface Point {
  readonly index: number;
  readonly value: number;
}

/** Neighbouring values; one alone would be no line, so it is drawn as a short one. */
function runsOf(values: Series): Point[][] {
  const runs: Point[][] = [];
  let run: Point[] = [];
  for (const [index, value] of values.entries()) {
    if (value === null) {
      if (run.length > 0) runs.push(run);
      run = [];
    } else run.push({ index, value });
  }
  if (run.length > 0) runs.push(run);
  return runs.map((points) =>
    points.length > 1 ? points : [points[0]!, { ...points[0]!, index: points[0]!.index + 0.5 }],
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
