import { html, type Html } from '../docs/html.js';
import type { Logged } from './ops.schema.js';
import type { OpsLinks } from './ops-links.data.js';
import { dayAndClock } from './time-text.js';

/** The newest warnings and errors, each with the way to everything else that happened under its trace. */
export function loggedSection(logged: readonly Logged[] | null, { kibana }: OpsLinks): Html {
  return html`<section aria-labelledby="logged">
    <h2 id="logged">Warnings and errors</h2>
    ${content(logged, kibana)}
  </section>`;
}

function content(logged: readonly Logged[] | null, kibana: string | undefined): Html {
  if (logged === null) {
    return html`<p>Logs are not files here${kibana ? html`: see <a href="${kibana}">Kibana</a>` : ''}.</p>`;
  }
  if (logged.length === 0) return html`<p class="calm">None in the last lines of any service.</p>`;
  return html`<ol class="logged">
    ${logged.map(loggedItem)}
  </ol>`;
}

function loggedItem({ at, level, service, logger, message, error, trace_id }: Logged): Html {
  return html`<li class="${level === 'error' ? 'error' : 'warn'}">
    <p class="note">
      <time datetime="${at}">${dayAndClock(at)}</time> <strong>${level}</strong> ${service} ${logger ?? ''}
      ${trace_id === null ? '' : html`<a href="/ops/traces/${trace_id}">trace ${trace_id.slice(0, 8)}</a>`}
    </p>
    <p>${message}</p>
    ${error === null ? '' : html`<p class="note">${error}</p>`}
  </li>`;
}
