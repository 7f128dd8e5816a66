import { html, type Html } from '../docs/html.js';
import { countText, percentText, secondsText } from './figures.domain.js';
import { lastOf } from './ops-metrics.service.js';
import type { Flow, OpsState, Series } from './ops.schema.js';
import { sparkChart } from './spark-chart.js';

type Service = OpsState['services'][number];

const KINDS = { http: 'requests', rpc: 'calls', event: 'messages' } as const;

/** Rate, errors and duration of each service; without Prometheus, at least whether it answers. */
export function flowsSection({ services, metrics }: OpsState): Html {
  return html`<section aria-labelledby="services">
    <h2 id="services">Services</h2>
    ${metrics === null ? html`<p>No Prometheus is configured: there are no figures.</p>` : ''}
    ${
      metrics?.reachable === false
        ? html`<p class="warning">Prometheus does not answer: there are no figures, and no alert can fire.</p>`
        : ''
    }
    ${services.map((service) =>
      serviceCard(service, metrics?.flows.filter((flow) => flow.service === service.service) ?? []),
    )}
  </section>`;
}

function serviceCard({ service, status, reason, description }: Service, flows: readonly Flow[]): Html {
  const failing = description?.checks.filter(({ ok }) => !ok) ?? [];
  return html`<div class="service">
    <h3>
      ${service} <span class="state ${status}">${status}</span>
      <span class="note"
        >${description ? `${description.version}, since ${since(description.started_at)}` : (reason ?? '')}</span
      >
    </h3>
    ${failing.map(({ name, detail }) => html`<p class="warning">${name}: ${detail ?? 'fails'}</p>`)}
    ${flows.map(flowRow)}
  </div>`;
}

function since(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}

function flowRow({ service, kind, rate, errors, p95 }: Flow): Html {
  const what = `${KINDS[kind]} of ${service}`;
  const share = ratio(errors, rate);
  const failing = (lastOf(share) ?? 0) > 0;
  return html`<div class="flow">
    ${cell(`${KINDS[kind]} per second`, countText(lastOf(rate)), sparkChart(rate, { label: `${what} per second`, tone: 'plain', atLeast: 1 }))}
    ${cell(
      'fail',
      failing ? html`<span class="warning">${percentText(lastOf(share))}</span>` : percentText(lastOf(share)),
      sparkChart(share, {
        label: `share of ${what} that fail`,
        tone: share.some((value) => (value ?? 0) > 0) ? 'bad' : 'plain',
        atLeast: 0.05,
      }),
    )}
    ${cell('95 % within', secondsText(lastOf(p95)), sparkChart(p95, { label: `95th percentile of the duration of ${what}`, tone: 'plain', atLeast: 0.1 }))}
  </div>`;
}

function cell(name: string, value: string | Html, chart: Html): Html {
  return html`<div>
    <p class="value">${value}</p>
    <p class="note">${name}</p>
    ${chart}
  </div>`;
}

/** Where nothing happens nothing fails. */
function ratio(part: Series, whole: Series): Series {
  return whole.map((value, index) => (value === null ? null : value === 0 ? 0 : (part[index] ?? 0) / value));
}
