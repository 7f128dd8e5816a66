const REFRESH_MS = 5_000;

/** @param {string} tag @param {string} [text] @param {Record<string, string>} [attributes] */
function element(tag, text = '', attributes = {}) {
  const node = document.createElement(tag);
  node.textContent = text;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function row(cells) {
  const line = element('tr');
  line.append(...cells);
  return line;
}

function table(caption, heads, rows) {
  const head = element('thead');
  head.append(row(heads.map((text) => element('th', text, { scope: 'col' }))));
  const body = element('tbody');
  body.append(...rows);
  const node = element('table');
  node.append(element('caption', caption), head, body);
  return node;
}

function state(text) {
  const node = element('td');
  node.append(element('span', text, { class: `state ${text}` }));
  return node;
}

function failing({ reason, description }) {
  if (!description) return reason ?? '';
  return description.checks
    .filter(({ ok }) => !ok)
    .map(({ name, detail }) => (detail ? `${name}: ${detail}` : name))
    .join('; ');
}

function since(instant) {
  const minutes = Math.floor((Date.now() - Date.parse(instant)) / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}

function services({ gateway, services }) {
  const own = row([
    element('td', 'gateway'),
    state('up'),
    element('td', gateway.version),
    element('td', since(gateway.started_at)),
    element('td'),
  ]);
  const others = services.map((service) =>
    row([
      element('td', service.service),
      state(service.status),
      element('td', service.description?.version ?? '–'),
      element('td', service.description ? since(service.description.started_at) : '–'),
      element('td', failing(service)),
    ]),
  );
  return table('Services', ['service', 'state', 'version', 'running for', 'not well'], [own, ...others]);
}

function alerts(alerts) {
  if (alerts === null) return element('p', 'No Alertmanager is configured.');
  if (!alerts.reachable) return element('p', 'Alertmanager does not answer.', { class: 'warning' });
  if (alerts.items.length === 0) return element('p', 'No alert is firing.');
  const rows = alerts.items.map(({ name, severity, since: start, summary }) =>
    row([
      element('td', name),
      element('td', severity ?? ''),
      element('td', since(start)),
      element('td', summary ?? ''),
    ]),
  );
  return table('Alerts', ['alert', 'severity', 'for', 'what'], rows);
}

function targets(targets) {
  if (targets === null) return element('p', 'No Prometheus is configured.');
  if (!targets.reachable) return element('p', 'Prometheus does not answer.', { class: 'warning' });
  const up = targets.items.filter(({ health }) => health === 'up').length;
  return element('p', `Prometheus reads ${up} of ${targets.items.length} targets.`);
}

async function refresh(place) {
  try {
    const response = await fetch('/api/v1/system', { signal: AbortSignal.timeout(REFRESH_MS) });
    const system = await response.json();
    if (!response.ok) throw new Error(system.detail);
    place.replaceChildren(services(system), alerts(system.alerts), targets(system.targets));
  } catch (error) {
    place.replaceChildren(element('p', `The gateway gave no overview: ${error.message}`, { class: 'warning' }));
  }
  place.setAttribute('aria-busy', 'false');
}

for (const code of document.querySelectorAll('[data-origin]')) {
  code.textContent = code.textContent.replaceAll('http://127.0.0.1:8080', location.origin);
}

async function keepFresh(place) {
  for (;;) {
    if (!document.hidden) await refresh(place);
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}

const overview = document.getElementById('system');
if (overview) void keepFresh(overview);
