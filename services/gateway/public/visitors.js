const number = new Intl.NumberFormat(document.documentElement.lang);

/** @param {{from: string, unique: number}[]} days */
function draw(chart, days) {
  const { height } = chart.viewBox.baseVal;
  const most = Math.max(1, ...days.map(({ unique }) => unique));
  chart.querySelectorAll('rect').forEach((bar, index) => {
    const { unique, from } = days[index];
    const tall = unique === 0 ? 0 : Math.max(2, Math.round((unique / most) * (height - 4)));
    bar.setAttribute('y', height - tall);
    bar.setAttribute('height', tall);
    bar.querySelector('title').textContent = `${from}: ${unique}`;
  });
}

function show(place, summary) {
  for (const node of place.querySelectorAll('[data-figure]')) {
    const [name, field] = node.dataset.figure.split('.');
    const text = number.format(summary[name][field]);
    if (node.textContent !== text) node.textContent = text;
  }
  const days = new Map(summary.days.map((day) => [day.from, day]));
  for (const node of place.querySelectorAll('[data-day]')) {
    const [day, field] = node.dataset.day.split('.');
    if (days.has(day)) node.textContent = number.format(days.get(day)[field]);
  }
  const chart = place.querySelector('[data-chart]');
  if (chart) draw(chart, summary.days);
}

/** Watches while somebody looks; a page in the background costs nothing. */
function watch(place) {
  let events;
  const update = () => {
    if (document.hidden) {
      events?.close();
      events = undefined;
    } else if (!events) {
      events = new EventSource('/api/v1/visitors/events');
      events.addEventListener('figures', ({ data }) => show(place, JSON.parse(data)));
    }
  };
  document.addEventListener('visibilitychange', update);
  update();
}

function offer(form) {
  const state = form.querySelector('output');
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { message, email } = Object.fromEntries(new FormData(form));
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      const answer = await fetch('/api/v1/feedback', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message, ...(email && { email }), page: location.pathname }),
      });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      form.reset();
      state.textContent = form.dataset.sent;
    } catch (error) {
      state.textContent = form.dataset.notSent + error.message;
    } finally {
      button.disabled = false;
    }
  });
}

const figures = document.querySelector('[data-visitors]');
if (figures) watch(figures);
const form = document.getElementById('feedback-form');
if (form) offer(form);
