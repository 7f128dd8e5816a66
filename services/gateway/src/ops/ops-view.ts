import { html, type Html } from '../docs/html.js';
import { alertsSection } from './alerts-section.js';
import { textOf } from './figures.domain.js';
import { flowsSection } from './flows-section.js';
import { loggedSection } from './logged-section.js';
import type { OpsLinks } from './ops-links.data.js';
import { lastOf } from './ops-metrics.service.js';
import { RANGE_NAMES, type Gauge, type OpsState, type Queue, type Range } from './ops.schema.js';
import { sparkChart } from './spark-chart.js';
import { clock } from './time-text.js';

/** Everything below the title, without a script. */
export function opsView(state: OpsState, links: OpsLinks): Html {
  return html`${toolbar(state, links)} ${alertsSection(state.alerts, links)} ${flowsSection(state)}
  ${metricsSections(state)} ${loggedSection(state.logged, links)}`;
}

function toolbar({ checked_at, range }: OpsState, { grafana, kibana }: OpsLinks): Html {
  const choice = (name: Range) =>
    name === range ? html`<strong>${name}</strong> ` : html`<a href="/ops?range=${name}">${name}</a> `;
  return html`<p class="toolbar">
    <span>Last ${RANGE_NAMES.map(choice)}</span>
    <span class="note">as of ${clock(checked_at)} UTC</span>
    <span class="note"><a href="/api/v1/ops?range=${range}">JSON</a></span>
    ${grafana ? html`<a href="${grafana}">Grafana</a>` : ''} ${kibana ? html`<a href="${kibana}">Kibana</a>` : ''}
  </p>`;
}

function metricsSections({ metrics }: OpsState): Html {
  if (!metrics?.reachable) return html``;
  return html`<section aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      ${
        metrics.queues.length === 0
          ? html`<p>Prometheus has no figures of the broker.</p>`
          : html`<div class="tiles">${metrics.queues.map(queueTile)}</div>`
      }
    </section>
    <section aria-labelledby="late">
      <h2 id="late">Late, and how much is in use</h2>
      <div class="tiles">${metrics.gauges.map(gaugeTile)}</div>
    </section>`;
}

function queueTile({ queue, ready, unacked, consumers }: Queue): Html {
  const now = textOf(lastOf(ready), 'none');
  // Nobody consumes the parking queue or the steps of the retry ladder; that is what they are for.
  const deaf = consumers === 0 && /^(ev|rpc)[.]/.test(queue);
  return html`<div class="tile">
    <h3>${queue}</h3>
    <p class="value">${now} <span class="note">wait</span></p>
    ${sparkChart(ready, { label: `messages that wait in ${queue}, now ${now}`, tone: 'plain', atLeast: 10 })}
    <p class="note">
      ${textOf(unacked, 'none')} in hand ·
      ${deaf ? html`<strong class="warning">no consumer</strong>` : html`${textOf(consumers, 'none')} consumers`}
    </p>
  </div>`;
}

function gaugeTile({ name, of, unit, values }: Gauge): Html {
  const now = textOf(lastOf(values), unit);
  const atLeast = unit === 'bytes' ? 64 * 1024 * 1024 : 1;
  return html`<div class="tile">
    <h3>${of}</h3>
    <p class="value">${now}</p>
    ${sparkChart(values, { label: `${name}, ${of}: now ${now}`, tone: 'plain', atLeast })}
    <p class="note">${name}</p>
  </div>`;
}
