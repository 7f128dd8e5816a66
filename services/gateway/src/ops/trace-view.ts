import { html, type Html } from '../docs/html.js';
import type { TraceLines } from './log-reader.service.js';
import type { TraceLine } from './log-record.domain.js';
import { secondsText } from './figures.domain.js';
import { dayAndClock } from './time-text.js';

const WIDTH = 200;

/** All lines of a trace by time, each with a bar for the work whose end it tells. */
export function traceView(found: TraceLines | null, trace: string, kibana: string | undefined): Html {
  const elsewhere = kibana
    ? html`<p>
        <a href="${kibana}/app/discover#/?_a=(query:(language:kuery,query:'trace.id:%22${trace}%22'))">In Kibana</a>
      </p>`
    : html``;
  if (found === null)
    return html`<p>Logs are not files here.</p>
      ${elsewhere}`;
  const { lines, complete } = found;
  if (lines.length === 0) {
    return html`<p>No line of this trace is left in the log files${complete ? '' : ', as far as they were read'}.</p>
      ${elsewhere}`;
  }
  const spans = lines.map(spanOf);
  const first = Math.min(...spans.map(({ begin }) => begin));
  const length = Math.max(1, Math.max(...spans.map(({ end }) => end)) - first);
  const services = new Set(lines.map(({ service }) => service));
  return html`<p>
      ${lines.length} lines of ${[...services].join(', ')}, from ${dayAndClock(new Date(first).toISOString())} UTC, over
      ${secondsText(length / 1_000)}.
      ${complete ? '' : html`<strong class="warning">There is more than is shown.</strong>`}
    </p>
    ${elsewhere}
    <ol class="trace">
      ${lines.map((line, index) => traceItem(line, spans[index]!, first, length))}
    </ol>`;
}

interface Span {
  readonly begin: number;
  readonly end: number;
}

function spanOf({ at, duration_ms }: TraceLine): Span {
  const end = Date.parse(at);
  return { begin: end - (duration_ms ?? 0), end };
}

function traceItem(line: TraceLine, { begin, end }: Span, first: number, length: number): Html {
  const x = Math.round(((begin - first) / length) * WIDTH);
  const width = Math.max(2, Math.round(((end - begin) / length) * WIDTH));
  return html`<li class="${line.level === 'error' || line.level === 'warn' ? line.level : 'info'}">
    <svg class="bar" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true">
      <rect x="${Math.min(x, WIDTH - 2)}" y="1" width="${width}" height="8" />
    </svg>
    <div>
      <p class="note">
        +${secondsText((end - first) / 1_000)}
        ${line.duration_ms === null ? '' : html`· took ${secondsText(line.duration_ms / 1_000)}`} · ${line.level} ·
        <strong>${line.service}</strong> ${line.logger ?? ''}
      </p>
      <p>${line.message}</p>
      ${line.error === null ? '' : html`<p class="warning">${line.error}</p>`}
    </div>
  </li>`;
}
