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

function toolbar({ checked_at, range, logged }: OpsState, { grafana, kibana }: OpsLinks): Html {
  const troubles = logged?.filter(({ level }) => level === 'error').length ?? 0;
  const choice = (name: Range) =>
    name === range ? html`<strong>${name}</strong> ` : html`<a href="/ops?range=${name}">${name}</a> `;
  return html`<p class="toolbar">
    <span>Last ${RANGE_NAMES.map(choice)}</span>
    <span class="note">as of ${clock(checked_at)} UTC</span>
    <span class="note"><a href="/api/v1/ops?range=${range}">JSON</a></span>
    <span>
      <a href="#alerts">Alerts</a> <a href="#services">Services</a> <a href="#queues">Queues</a>
      <a href="#late">Late</a>
      <a href="#logged">Errors (${troubles})</a>
    </span>
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
          : html`<div class="tiles">${metrics.queues.toSorted(byUse).map(queueTile)}</div>`
      }
    </section>
    <section aria-labelledby="late">
      <h2 id="late">Late, and how much is in use</h2>
      ${[...new Set(metrics.gauges.map(({ name }) => name))].map(
        (name) =>
          html`<h3>${name}</h3>
            <div class="tiles">${metrics.gauges.filter((gauge) => gauge.name === name).map(gaugeTile)}</div>`,
      )}
    </section>`;
}

/** Queues of services before those where messages wait for an operator or for another try. */
function byUse(a: Queue, b: Queue): number {
  return Number(isOfService(b)) - Number(isOfService(a));
}

function isOfService({ queue }: Queue): boolean {
  return /^(ev|rpc)[.]/.test(queue);
}

function queueTile(shown: Queue): Html {
  const { queue, ready, unacked, consumers } = shown;
  const now = textOf(lastOf(ready), 'none');
  // Nobody consumes the parking queue or the steps of the retry ladder; that is what they are for.
  const deaf = consumers === 0 && isOfService(shown);
  return html`<div class="tile">
    <h4>${queue}</h4>
    <p class="value">${now} <span class="note">wait</span></p>
    ${sparkChart(ready, { label: `messages that wait in ${queue}, now ${now}`, tone: 'plain', atLeast: 10 })}
    <p class="note">
      ${textOf(unacked, 'none')} in hand ·
      ${deaf ? html`<strong class="warning">no consumer</strong>` : html`consumers: ${textOf(consumers, 'none')}`}
    </p>
  </div>`;
}

function gaugeTile({ name, of, unit, values }: Gauge): Html {
  const now = textOf(lastOf(values), unit);
  const atLeast = unit === 'bytes' ? 64 * 1024 * 1024 : 1;
  return html`<div class="tile">
    <h4>${of}</h4>
    <p class="value">${now}</p>
    ${sparkChart(values, { label: `${name}, ${of}: now ${now}`, tone: 'plain', atLeast })}
  </div>`;
}
