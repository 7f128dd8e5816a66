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
    ${byTrace(logged).map(traceItem)}
  </ol>`;
}

/** What was logged under one trace belongs together; lines without one stand for themselves. Newest first. */
function byTrace(logged: readonly Logged[]): Logged[][] {
  const groups = new Map<string | Logged, Logged[]>();
  for (const line of logged) {
    const key = line.trace_id ?? line;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()];
}

function traceItem(lines: readonly Logged[]): Html {
  const trace = lines[0]!.trace_id;
  return html`<li class="${lines.some(({ level }) => level === 'error') ? 'error' : 'warn'}">
    ${lines.toReversed().map(loggedLine)}
    ${trace === null ? '' : html`<p class="note"><a href="/ops/traces/${trace}">trace ${trace.slice(0, 8)}…</a></p>`}
  </li>`;
}

function loggedLine({ at, level, service, logger, message, error }: Logged): Html {
  return html`<p class="note">
      <time datetime="${at}">${dayAndClock(at)}</time> <strong>${level}</strong> ${service} ${logger ?? ''}
    </p>
    <p>${message}</p>
    ${error === null ? '' : html`<p class="note">${error}</p>`}`;
}
