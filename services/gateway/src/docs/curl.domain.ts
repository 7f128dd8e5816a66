import type { RouteDeclaration } from '../routes/route.js';

/** Where the examples point until a script of the page puts in the address it was loaded from. */
export const EXAMPLE_ORIGIN = 'http://127.0.0.1:8080';

/** A command that tries the route with its example values. */
export function curlOf(route: RouteDeclaration): string {
  const examples = route.examples ?? {};
  const path = route.path.replace(/:([A-Za-z_]+)/g, (_, name: string) => encodeURIComponent(examples[name] ?? name));
  const query = Object.keys(route.query?.shape ?? {})
    .filter((name) => examples[name] !== undefined)
    .map((name) => `${name}=${encodeURIComponent(examples[name]!)}`)
    .join('&');
  const address = `'${EXAMPLE_ORIGIN}${path}${query && `?${query}`}'`;
  const method =
    route.method === 'GET' || (route.method === 'POST' && (route.body ?? route.json)) ? '' : `-X ${route.method} `;
  if (route.json) {
    const json = JSON.stringify(route.json.example).replaceAll("'", String.raw`'\''`);
    return `curl ${method}-H 'Content-Type: application/json' -d '${json}' ${address}`;
  }
  if (!route.body) return `curl ${method}${address}`;
  return `curl -H 'Content-Type: application/x-ndjson' --data-binary @posts.jsonl ${address}`;
}
