import { html, type Html } from '../docs/html.js';
import type { OpsState } from './ops.schema.js';
import type { OpsLinks } from './ops-links.data.js';
import { runbookOf } from './runbook-name.domain.js';
import { dayAndClock } from './time-text.js';

type Alert = NonNullable<OpsState['alerts']>['items'][number];

const RANK = ['page', 'ticket', 'info'];

/** Alerts that fire, the worst first. One that always fires only proves that alerts can arrive, so it is told apart. */
export function alertsSection(alerts: OpsState['alerts'], links: OpsLinks): Html {
  return html`<section aria-labelledby="alerts">
    <h2 id="alerts">Alerts</h2>
    ${content(alerts, links)}
  </section>`;
}

function content(alerts: OpsState['alerts'], links: OpsLinks): Html {
  if (alerts === null) return html`<p>No Alertmanager is configured.</p>`;
  if (!alerts.reachable)
    return html`<p class="warning">Alertmanager does not answer: nobody would be told of an alert.</p>`;
  const firing = alerts.items.filter(({ name }) => name !== 'Watchdog').sort(bySeverity);
  const watched = alerts.items.length > firing.length;
  return html`${
      firing.length === 0
        ? html`<p class="calm">Nothing fires.</p>`
        : html`<ul class="alerts">
            ${firing.map((alert) => alertItem(alert, links))}
          </ul>`
    }
    <p class="note">
      ${
        watched
          ? 'The watchdog arrives: Prometheus, its rules and Alertmanager work.'
          : 'The watchdog has not arrived: either Prometheus is starting, or alerts do not reach Alertmanager.'
      }
    </p>`;
}

function alertItem({ name, severity, service, since, summary, description }: Alert, { runbooks }: OpsLinks): Html {
  const runbook = runbookOf(name);
  return html`<li class="alert ${RANK.includes(severity ?? '') ? severity! : 'unknown'}">
    <p>
      <strong>${name}</strong> <span class="badge">${severity ?? 'no severity'}</span>
      ${service === null ? '' : html`<span>${service}</span>`}
      <span class="note">since ${dayAndClock(since)} UTC</span>
    </p>
    <p>${summary ?? ''}</p>
    <p class="note">${description ?? ''}</p>
    ${runbooks.has(runbook) ? html`<p><a href="/ops/runbooks/${runbook}">What to do</a></p>` : ''}
  </li>`;
}

function bySeverity(a: Alert, b: Alert): number {
  return rankOf(a) - rankOf(b) || (a.since < b.since ? 1 : -1);
}

function rankOf({ severity }: Alert): number {
  const rank = RANK.indexOf(severity ?? '');
  return rank < 0 ? RANK.length : rank;
}
