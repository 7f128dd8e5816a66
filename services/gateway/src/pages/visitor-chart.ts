import type { VisitorBucket } from '#libs/contracts';
import { html, type Html } from '../docs/html.js';

const WIDTH = 600;
const HEIGHT = 160;
const GAP = 3;

/** One bar per day. The script of the page moves the bars; without it they stand as they were drawn. */
export function visitorChart(days: readonly VisitorBucket[], label: string): Html {
  const most = Math.max(1, ...days.map(({ unique }) => unique));
  const step = WIDTH / days.length;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}" data-chart>
    <line class="base" x1="0" x2="${WIDTH}" y1="${HEIGHT - 0.5}" y2="${HEIGHT - 0.5}" />
    ${days.map(({ unique, from }, index) => {
      const height = unique === 0 ? 0 : Math.max(2, Math.round((unique / most) * (HEIGHT - 4)));
      const x = Math.round(index * step * 10) / 10;
      return html`<rect x="${x}" y="${HEIGHT - height}" width="${step - GAP}" height="${height}"
        ><title>${from}: ${unique}</title></rect
      >`;
    })}
  </svg>`;
}
