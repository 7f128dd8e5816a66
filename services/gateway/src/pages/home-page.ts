import type { VisitorSummary } from '#libs/contracts';
import { EXAMPLE_ORIGIN } from '../docs/curl.domain.js';
import { html } from '../docs/html.js';
import { HOME_TEXTS } from './home-texts.data.js';
import type { Language } from './language.domain.js';
import { visitorsSection } from './visitors-section.js';

const IMPORT = `curl -H 'Content-Type: application/x-ndjson' --data-binary @posts.jsonl '${EXAMPLE_ORIGIN}/api/v1/archives?tag=lookout'`;
const FOLLOW = `curl ${EXAMPLE_ORIGIN}/api/v1/archives`;
const ASK = `curl '${EXAMPLE_ORIGIN}/api/v1/analytics/top-users?tag=lookout&limit=5'`;
const TELL = `curl -H 'Content-Type: application/json' -d '{"message":"…"}' ${EXAMPLE_ORIGIN}/api/v1/feedback`;

/** The main page, complete without a script. */
export function homePage(summary: VisitorSummary | null, version: string, language: Language): string {
  const texts = HOME_TEXTS[language];
  const command = (text: string) => html`<pre><code data-origin>${text}</code></pre>`;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content="${texts.description}" />
        <title>Mirante</title>
        <link rel="icon" href="/assets/icon.svg" />
        <link rel="stylesheet" href="/assets/style.css" />
        <script src="/assets/main.js" defer></script>
        <script src="/assets/visitors.js" type="module"></script>
      </head>
      <body>
        <header>
          <a class="home" href="/"><img src="/assets/icon.svg" alt="" width="32" height="32" /> Mirante</a>
          <nav>
            <a href="/api/docs">API</a>
            <a href="/api/openapi.json">OpenAPI</a>
            <a href="/ops">${texts.operations}</a>
            <a href="/version">${texts.version} ${version}</a>
          </nav>
        </header>
        <main>
          <h1>${texts.title}</h1>
          <p class="lead">${texts.lead}</p>
          ${visitorsSection(summary, texts, language)}

          <section aria-labelledby="now">
            <h2 id="now">${texts.now}</h2>
            <div id="system" aria-live="polite"></div>
            <noscript
              ><p>${texts.needsScript} <a href="/api/v1/system">${texts.sameAsJson}</a>.</p></noscript
            >
          </section>

          <section aria-labelledby="try">
            <h2 id="try">${texts.tryIt}</h2>
            <ol>
              <li>${texts.importFile} ${command(IMPORT)}</li>
              <li>${texts.follow} ${command(FOLLOW)}</li>
              <li>${texts.ask} ${command(ASK)}</li>
            </ol>
            <p><a href="/api/docs">${texts.allEndpoints}</a></p>
          </section>

          <section aria-labelledby="feedback">
            <h2 id="feedback">${texts.feedback}</h2>
            <form id="feedback-form" hidden data-sent="${texts.sent}" data-not-sent="${texts.notSent}">
              <p>${texts.feedbackLead}</p>
              <p>
                <label for="feedback-message">${texts.message}</label>
                <textarea id="feedback-message" name="message" rows="4" maxlength="4000" required></textarea>
              </p>
              <p>
                <label for="feedback-email">${texts.email}</label>
                <input id="feedback-email" name="email" type="email" maxlength="254" autocomplete="email" />
              </p>
              <p><button>${texts.send}</button> <output id="feedback-state" aria-live="polite"></output></p>
            </form>
            <noscript>
              <p>${texts.feedbackScript}</p>
              ${command(TELL)}
            </noscript>
          </section>
        </main>
      </body>
    </html>`.text;
}
