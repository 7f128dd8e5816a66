import { html, type Html } from '../docs/html.js';

interface Shell {
  readonly title: string;
  /** Address of the part that changes; the script of the page asks for it again and again. */
  readonly view?: string;
  readonly content: Html;
}

/** What all pages for operators have in common. */
export function opsShell({ title, view, content }: Shell): string {
  const place = view
    ? html`<div id="ops" data-view="${view}">${content}</div>
        <noscript><p class="note">Without JavaScript this page does not refresh itself.</p></noscript>`
    : content;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Mirante</title>
        <link rel="icon" href="/assets/icon.svg" />
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="stylesheet" href="/assets/ops.css" />
        ${view ? html`<script src="/assets/ops.js" type="module"></script>` : ''}
      </head>
      <body class="wide">
        <header>
          <a class="home" href="/"><img src="/assets/icon.svg" alt="" width="32" height="32" /> Mirante</a>
          <nav>
            <a href="/ops">Operations</a>
            <a href="/ops/runbooks">Runbooks</a>
            <a href="/api/docs">API</a>
          </nav>
        </header>
        <main class="ops">
          <h1>${title}</h1>
          ${place}
        </main>
      </body>
    </html>`.text;
}

/** For callers who may not see the figures: the script takes their key, which never leaves the browser otherwise. */
export function keyNeeded(): Html {
  return html`<form class="key">
      <label for="ops-key">Key with the scope <code>ops:view</code></label>
      <input id="ops-key" type="password" autocomplete="off" required />
      <button>Show</button>
      <p class="note">
        It is kept until this tab is closed. <code>npm run keys -- create --tenant ops --scopes ops:view</code> makes
        one.
      </p>
    </form>
    <noscript>
      <p>Without JavaScript, ask with curl: <code>curl -H "Authorization: Bearer $MIRANTE_KEY" …/api/v1/ops</code></p>
    </noscript>`;
}
