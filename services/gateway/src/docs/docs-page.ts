import type { RouteDeclaration } from '../routes/route.js';
import { openApiPath } from '../routes/route-path.domain.js';
import { curlOf, EXAMPLE_ORIGIN } from './curl.domain.js';
import { html, Html } from './html.js';
import { verbOf } from './openapi.domain.js';
import type { OpenApiDocument, OpenApiMedia, OpenApiOperation, OpenApiParameter } from './openapi.types.js';
import { schemaView, typeText } from './schema-view.js';

const NOTHING = new Html('');
const KEY_EXAMPLE = `curl -H "Authorization: Bearer $MIRANTE_KEY" '${EXAMPLE_ORIGIN}/api/v1/posts?tag=lookout'`;

/** The API as one page without scripts from elsewhere, so that it can be read offline and under a strict CSP. */
export function docsPageOf(document: OpenApiDocument, routes: readonly RouteDeclaration[]): string {
  const operationOf = (route: RouteDeclaration) => document.paths[openApiPath(route.path)]![verbOf(route)]!;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Mirante API ${document.info.version}</title>
        <link rel="icon" href="/assets/icon.svg" />
        <link rel="stylesheet" href="/assets/style.css" />
        <script src="/assets/main.js" defer></script>
      </head>
      <body>
        <header>
          <a class="home" href="/"><img src="/assets/icon.svg" alt="" width="32" height="32" /> Mirante</a>
          <nav>
            ${document.tags.map(({ name }) => html`<a href="#${name}">${name}</a>`)}
            <a href="#Keys">Keys</a> <a href="#Schemas">Schemas</a> <a href="#Problems">Problems</a>
          </nav>
        </header>
        <main class="docs">
          <h1>API ${document.info.version}</h1>
          <p>${document.info.description}</p>
          <p>The same for programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI ${document.openapi}).</p>
          ${document.tags.map(
            ({ name, description }) =>
              html`<section id="${name}">
                <h2>${name}</h2>
                <p>${description}</p>
                ${routes.filter(({ area }) => area === name).map((route) => routeView(route, operationOf(route)))}
              </section>`,
          )}
          <section id="Keys">
            <h2>Keys</h2>
            <p>${String(document.components.securitySchemes['key']!['description'])}</p>
            <pre><code data-origin>${KEY_EXAMPLE}</code></pre>
          </section>
          <section id="Schemas">
            <h2>Schemas</h2>
            ${Object.entries(document.components.schemas).map(
              ([name, schema]) =>
                html`<h3 id="schema-${name}">${name}</h3>
                  ${schemaView(schema)}`,
            )}
          </section>
          ${problemsView(document)}
        </main>
      </body>
    </html>`.text;
}

/** Whether a key is needed at all, here and now. */
function accessText({ security }: OpenApiOperation): string {
  if (security.length === 0) return ', needs no key';
  return security.some((way) => Object.keys(way).length === 0) ? ', also without a key' : ', needs a key';
}

function routeView(route: RouteDeclaration, operation: OpenApiOperation): Html {
  const [[status, answer] = ['200', undefined]] = Object.entries(operation.responses);
  const media = answer && 'content' in answer ? Object.entries(answer.content ?? {})[0] : undefined;
  return html`<article id="${route.id}">
    <h3>
      <span class="method ${route.method.toLowerCase()}">${route.method}</span>
      <a href="#${route.id}"><code>${openApiPath(route.path)}</code></a>
    </h3>
    <p><strong>${route.summary}.</strong> ${route.description ?? ''}</p>
    <p class="scope">Scope: <code>${route.scope}</code>${accessText(operation)}</p>
    ${operation.parameters ? parametersView(operation.parameters) : NOTHING}
    ${
      operation.requestBody
        ? html`<h4>Body</h4>
            <p>
              ${operation.requestBody.description}:
              <code>${Object.keys(operation.requestBody.content).join(', ')}</code>
            </p>
            ${route.json ? schemaView(operation.requestBody.content['application/json']!.schema!) : NOTHING}`
        : NOTHING
    }
    <h4>Example</h4>
    <pre><code data-origin>${curlOf(route)}</code></pre>
    <h4>Answer ${status}</h4>
    ${media ? mediaView(media[0], media[1]) : NOTHING}
  </article>`;
}

function parametersView(parameters: OpenApiParameter[]): Html {
  return html`<h4>Parameters</h4>
    <table>
      <thead>
        <tr>
          <th>name</th>
          <th>in</th>
          <th>type</th>
          <th>default</th>
          <th>meaning</th>
        </tr>
      </thead>
      <tbody>
        ${parameters.map(
          (parameter) =>
            html`<tr>
              <td>
                <code>${parameter.name}</code>${parameter.required ? html` <span class="required">required</span>` : ''}
              </td>
              <td>${parameter.in}</td>
              <td>${typeText(parameter.schema)}</td>
              <td>${parameter.schema['default'] === undefined ? '' : String(parameter.schema['default'])}</td>
              <td>${parameter.description ?? ''}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function mediaView(type: string, media: OpenApiMedia): Html {
  return html`<p><code>${type}</code></p>
    ${media.schema ? schemaView(media.schema) : NOTHING}
    ${
      media.example === undefined
        ? NOTHING
        : html`<details>
            <summary>Example</summary>
            <pre><code>${JSON.stringify(media.example, null, 2)}</code></pre>
          </details>`
    }`;
}

function problemsView(document: OpenApiDocument): Html {
  return html`<section id="Problems">
    <h2>Problems</h2>
    <p>
      Every refusal is <code>application/problem+json</code>; <code>code</code> is stable, <code>detail</code> is not.
    </p>
    <table>
      <thead>
        <tr>
          <th>status</th>
          <th>when</th>
        </tr>
      </thead>
      <tbody>
        ${Object.values(document.components.responses).map((response) => {
          const example = Object.values(response.content ?? {})[0]?.example as { status: number };
          return html`<tr>
            <td>${example.status}</td>
            <td>${response.description}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}
