const REFRESH_MS = 5_000;
const KEY = 'mirante-ops-key';

/** @returns what the address answers; null when it needs another key */
async function ask(address) {
  const key = sessionStorage.getItem(KEY);
  const response = await fetch(address, {
    headers: key ? { authorization: `Bearer ${key}` } : {},
    signal: AbortSignal.timeout(2 * REFRESH_MS),
  });
  if (response.status === 401 || response.status === 403) return null;
  if (!response.ok) throw new Error((await response.json()).detail);
  return response.text();
}

/** Puts newer content in, and leaves the focus where it was. */
function show(place, text) {
  const content = new DOMParser().parseFromString(text, 'text/html').body;
  const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  place.replaceChildren(...content.childNodes);
  if (focused !== null) place.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function warn(place, text) {
  let line = place.querySelector('.stale');
  if (!line) {
    line = document.createElement('p');
    line.className = 'stale warning';
    line.setAttribute('role', 'status');
    place.prepend(line);
  }
  line.textContent = text;
}

/** Somebody who marks a text to copy it does not want it to go away. */
function isMarked(place) {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && place.contains(selection.anchorNode);
}

async function refresh(place) {
  try {
    const text = await ask(place.dataset.view);
    if (text === null) return needKey(place);
    if (!isMarked(place)) show(place, text);
  } catch (error) {
    warn(place, `What is shown may be old, the gateway gave no newer figures: ${error.message}`);
  }
}

function needKey(place) {
  if (!place.querySelector('form.key')) location.reload();
  else if (sessionStorage.getItem(KEY) !== null) warn(place, 'This key does not open the page.');
}

function offer(place) {
  const form = place.querySelector('form.key');
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEY, form.querySelector('input').value.trim());
    void refresh(place);
  });
}

async function keepFresh(place) {
  if (place.querySelector('form.key') && sessionStorage.getItem(KEY) !== null) await refresh(place);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
    if (!document.hidden && !place.querySelector('form.key')) await refresh(place);
  }
}

const place = document.getElementById('ops');
offer(place);
void keepFresh(place);
