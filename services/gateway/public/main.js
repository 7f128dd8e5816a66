const REFRESH_MS = 5_000;

const TEXTS = {
  en: {
    asking: 'Asking every service…',
    moments: 'less than a minute',
    days: 'days',
    states: {},
    services: 'Services',
    serviceHeads: ['service', 'state', 'version', 'running for', 'not well'],
    noAlertmanager: 'No Alertmanager is configured.',
    alertmanagerAway: 'Alertmanager does not answer.',
    noAlert: 'No alert is firing.',
    alerts: 'Alerts',
    alertHeads: ['alert', 'severity', 'for', 'what'],
    noPrometheus: 'No Prometheus is configured.',
    prometheusAway: 'Prometheus does not answer.',
    targets: (up, all) => `Prometheus reads ${up} of ${all} targets.`,
    until: 'until',
    simulated: 'SIMULATED',
    simulatedTitle: 'these posts are made up, not collected',
    of: 'of',
    capturesNeedKey: 'Captures are not shown to callers without a key.',
    noCapture: 'Nothing is being captured.',
    captures: 'Captures',
    captureHeads: ['tag', 'state', 'sources', 'posts', 'behind', 'spent', 'waits for'],
    capturesAway: 'Captures cannot be told: ',
    needsKey: 'a key is needed',
    nothing: 'The gateway gave no overview: ',
  },
  pt: {
    asking: 'A perguntar a todos os serviços…',
    moments: 'menos de um minuto',
    days: 'dias',
    states: {
      up: 'ativo',
      degraded: 'com falhas',
      down: 'em baixo',
      running: 'em curso',
      waiting: 'à espera',
      paused: 'em pausa',
      stopped: 'parada',
      failed: 'falhou',
      done: 'concluída',
    },
    services: 'Serviços',
    serviceHeads: ['serviço', 'estado', 'versão', 'a funcionar há', 'o que falha'],
    noAlertmanager: 'Não há Alertmanager configurado.',
    alertmanagerAway: 'O Alertmanager não responde.',
    noAlert: 'Não há alertas ativos.',
    alerts: 'Alertas',
    alertHeads: ['alerta', 'gravidade', 'há', 'o quê'],
    noPrometheus: 'Não há Prometheus configurado.',
    prometheusAway: 'O Prometheus não responde.',
    targets: (up, all) => `O Prometheus lê ${up} de ${all} alvos.`,
    until: 'até',
    simulated: 'SIMULADO',
    simulatedTitle: 'estas publicações são inventadas, não recolhidas',
    of: 'de',
    capturesNeedKey: 'As capturas não se mostram a quem não tem chave.',
    noCapture: 'Nada está a ser capturado.',
    captures: 'Capturas',
    captureHeads: ['hashtag', 'estado', 'fontes', 'publicações', 'atraso', 'gasto', 'à espera de'],
    capturesAway: 'Não foi possível ler as capturas: ',
    needsKey: 'é precisa uma chave',
    nothing: 'O gateway não deu uma visão geral: ',
  },
};

/** The page says which of its languages it was written in. */
const texts = TEXTS[document.documentElement.lang] ?? TEXTS.en;

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
  node.append(element('span', texts.states[text] ?? text, { class: `state ${text}` }));
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
  if (minutes < 1) return texts.moments;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} ${texts.days}`;
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
  return table(texts.services, texts.serviceHeads, [own, ...others]);
}

function alerts(alerts) {
  if (alerts === null) return element('p', texts.noAlertmanager);
  if (!alerts.reachable) return element('p', texts.alertmanagerAway, { class: 'warning' });
  // It always fires, to prove that alerts arrive.
  const firing = alerts.items.filter(({ name }) => name !== 'Watchdog');
  if (firing.length === 0) return element('p', texts.noAlert);
  const rows = firing.map(({ name, severity, since: start, summary }) =>
    row([
      element('td', name),
      element('td', severity ?? ''),
      element('td', since(start)),
      element('td', summary ?? ''),
    ]),
  );
  return table(texts.alerts, texts.alertHeads, rows);
}

function targets(targets) {
  if (targets === null) return element('p', texts.noPrometheus);
  if (!targets.reachable) return element('p', texts.prometheusAway, { class: 'warning' });
  const up = targets.items.filter(({ health }) => health === 'up').length;
  return element('p', texts.targets(up, targets.items.length));
}

/** What a part of a capture waits for, and until when. */
function waitingText({ source, target, waiting }) {
  if (!waiting) return '';
  const who = target ? `${source} ${target}` : source;
  const until = waiting.until ? ` ${texts.until} ${new Date(waiting.until).toLocaleTimeString()}` : '';
  return `${who}: ${waiting.reason}${until}`;
}

function captureRow(capture) {
  const name = element('td', `#${capture.tag} `);
  if (capture.simulated) name.append(element('strong', texts.simulated, { title: texts.simulatedTitle }));
  const lags = capture.sources.map(({ lag_seconds: lag }) => lag).filter((lag) => lag !== null);
  const posts = capture.sources.reduce((sum, part) => sum + part.posts.new, 0);
  const budget = capture.budget_usd === null ? '' : ` ${texts.of} ${capture.budget_usd}`;
  return row([
    name,
    state(capture.state),
    element('td', [...new Set(capture.sources.map(({ source }) => source))].join(', ')),
    element('td', String(posts)),
    element('td', lags.length === 0 ? '–' : `${Math.round(Math.max(...lags))} s`),
    element('td', `$${capture.spent_usd}${budget}`),
    element('td', capture.sources.map(waitingText).filter(Boolean).join('; ')),
  ]);
}

function captures(answer) {
  if (answer === null) return element('p', texts.capturesNeedKey);
  if (answer.items.length === 0) return element('p', texts.noCapture);
  return table(texts.captures, texts.captureHeads, answer.items.map(captureRow));
}

/** @returns what the address answers; null when this caller may not ask */
async function ask(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(REFRESH_MS) });
  const answer = await response.json();
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

async function capturesOrWarning() {
  try {
    return captures(await ask('/api/v1/captures?limit=10'));
  } catch (error) {
    return element('p', texts.capturesAway + error.message, { class: 'warning' });
  }
}

async function refresh(place) {
  try {
    const [system, running] = await Promise.all([ask('/api/v1/system'), capturesOrWarning()]);
    if (system === null) throw new Error(texts.needsKey);
    place.replaceChildren(services(system), running, alerts(system.alerts), targets(system.targets));
  } catch (error) {
    place.replaceChildren(element('p', texts.nothing + error.message, { class: 'warning' }));
  }
  place.setAttribute('aria-busy', 'false');
}

for (const code of document.querySelectorAll('[data-origin]')) {
  code.textContent = code.textContent.replaceAll('http://127.0.0.1:8080', location.origin);
}

async function keepFresh(place) {
  place.replaceChildren(element('p', texts.asking));
  place.setAttribute('aria-busy', 'true');
  for (;;) {
    if (!document.hidden) await refresh(place);
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}

const overview = document.getElementById('system');
if (overview) void keepFresh(overview);
