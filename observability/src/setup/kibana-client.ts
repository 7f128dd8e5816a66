type Json = Record<string, unknown>;

/** The requests of Kibana that the set-up needs. There is no official client; the API is plain JSON over HTTP. */
export interface KibanaClient {
  /** @throws Error when Kibana cannot serve yet */
  assertServes(): Promise<void>;
  /** Major and minor. */
  version(): Promise<{ major: number; minor: number }>;
  /** @returns undefined when there is nothing */
  get(path: string): Promise<Json | undefined>;
  put(path: string, body: unknown): Promise<Json>;
  post(path: string, body: unknown): Promise<Json>;
  /** @returns undefined when there is no such saved object */
  exportObject(type: string, id: string): Promise<Json | undefined>;
  importObjects(ndjson: string): Promise<void>;
}

/** @throws Error with status and body of a refusal */
export function kibanaClient(url: string, authorization: string | undefined): KibanaClient {
  const send = async (
    method: string,
    path: string,
    init: { body?: string | FormData; type?: string } = {},
  ): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        'kbn-xsrf': 'mirante',
        ...(init.type && { 'content-type': init.type }),
        ...(authorization !== undefined && { authorization }),
      },
      ...(init.body !== undefined && { body: init.body }),
      signal: AbortSignal.timeout(30_000),
    });
  const answered = async (response: Response): Promise<Response> => {
    if (response.ok) return response;
    throw new Error(`Kibana answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
  };
  const json = async (response: Response) => (await (await answered(response)).json()) as Json;
  const status = async () =>
    (await json(await send('GET', '/api/status'))) as {
      version?: { number?: string };
      status?: { overall?: { level?: string } };
    };

  return {
    async assertServes() {
      const level = (await status()).status?.overall?.level;
      if (level !== 'available') throw new Error(`Kibana says it is ${level}`);
    },
    async version() {
      const [major = 0, minor = 0] = ((await status()).version?.number ?? '').split('.').map(Number);
      return { major, minor };
    },
    async get(path) {
      const response = await send('GET', path);
      if (response.status === 404) return undefined;
      return json(response);
    },
    put: async (path, body) => json(await send('PUT', path, { body: JSON.stringify(body), type: 'application/json' })),
    post: async (path, body) =>
      json(await send('POST', path, { body: JSON.stringify(body), type: 'application/json' })),
    async exportObject(type, id) {
      const body = JSON.stringify({
        objects: [{ type, id }],
        excludeExportDetails: true,
        includeReferencesDeep: false,
      });
      const response = await send('POST', '/api/saved_objects/_export', { body, type: 'application/json' });
      // A request for something that is not there is answered as a bad one.
      if (response.status === 400 && (await response.clone().text()).includes('not found')) return undefined;
      return json(response);
    },
    async importObjects(ndjson) {
      const form = new FormData();
      form.append('file', new Blob([ndjson], { type: 'application/ndjson' }), 'objects.ndjson');
      const answer = await json(await send('POST', '/api/saved_objects/_import?overwrite=true', { body: form }));
      if (answer['success'] !== true) throw new Error(`Kibana did not import: ${JSON.stringify(answer['errors'])}`);
    },
  };
}
