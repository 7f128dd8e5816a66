import type { VisitorBucket, VisitorSummary } from '#libs/contracts';
import { html, type Html } from '../docs/html.js';
import type { HomeTexts } from './home-texts.data.js';
import type { Language } from './language.domain.js';
import { visitorChart } from './visitor-chart.js';

type FigureName = 'today' | 'yesterday' | 'last_7_days' | 'last_30_days' | 'all_time';

/** The figures, readable without a script; `data-figure` says where one puts newer ones. */
export function visitorsSection(summary: VisitorSummary | null, texts: HomeTexts, language: Language): Html {
  return html`<section aria-labelledby="visitors" data-visitors>
    <h2 id="visitors">${texts.visitors}</h2>
    ${summary ? figuresView(summary, texts, language) : html`<p class="warning">${texts.noFigures}</p>`}
    <p class="note">${texts.how} <a href="/api/v1/visitors">JSON</a></p>
  </section>`;
}

function figuresView(summary: VisitorSummary, texts: HomeTexts, language: Language): Html {
  const number = new Intl.NumberFormat(language);
  const cards: [FigureName, string][] = [
    ['today', texts.today],
    ['yesterday', texts.yesterday],
    ['last_7_days', texts.week],
    ['last_30_days', texts.month],
    ['all_time', texts.allTime],
  ];
  const most = number.format(Math.max(...summary.days.map(({ unique }) => unique)));
  return html`<div class="cards">${cards.map(([name, title]) => card(name, title, summary[name], texts, number))}</div>
    <p class="note">${texts.allTimeNote}</p>
    <h3>${texts.chart}</h3>
    ${visitorChart(summary.days, texts.chartLabel(most))}
    <p class="axis"><span>${summary.days[0]!.from}</span> <span>${summary.days.at(-1)!.from}</span></p>
    <details>
      <summary>${texts.asTable}</summary>
      ${dayTable(summary.days, texts, number)}
    </details>`;
}

function card(
  name: FigureName,
  title: string,
  bucket: VisitorBucket,
  texts: HomeTexts,
  number: Intl.NumberFormat,
): Html {
  const figure = (field: 'unique' | 'hits' | 'bots' | 'dnt') =>
    html`<span data-figure="${name}.${field}">${number.format(bucket[field])}</span>`;
  const quality = bucket.exact ? texts.exact : texts.estimate(number.format(bucket.error_pct ?? 0));
  return html`<div class="card">
    <h3>${title}</h3>
    <p class="figure">${figure('unique')}</p>
    <p class="quality">${quality}</p>
    <p class="more">
      ${figure('hits')} ${texts.hits}<br />${figure('bots')} ${texts.bots}<br />${figure('dnt')} ${texts.dnt}
    </p>
  </div>`;
}

function dayTable(days: readonly VisitorBucket[], texts: HomeTexts, number: Intl.NumberFormat): Html {
  const cells = (day: VisitorBucket) =>
    (['unique', 'hits', 'bots'] as const).map(
      (field) => html`<td data-day="${day.from}.${field}">${number.format(day[field])}</td>`,
    );
  return html`<table>
    <thead>
      <tr>
        ${[texts.day, texts.unique, texts.hits, texts.bots].map((text) => html`<th scope="col">${text}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${days.toReversed().map(
        (day) =>
          html`<tr>
            <th scope="row">${day.from}</th>
            ${cells(day)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
