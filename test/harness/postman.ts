import { fileURLToPath } from 'node:url';
import newman, { type NewmanRunFailure, type NewmanRunSummary } from 'newman';

const POSTMAN = fileURLToPath(new URL('../../postman/', import.meta.url));

/** Runs the Postman collection against a stack. */
export function runCollection(baseUrl: string, apiKey = ''): Promise<NewmanRunSummary> {
  return new Promise((resolve, reject) => {
    newman.run(
      {
        collection: `${POSTMAN}mirante.postman_collection.json`,
        environment: `${POSTMAN}environments/local.postman_environment.json`,
        envVar: [
          { key: 'baseUrl', value: baseUrl },
          { key: 'api_key', value: apiKey },
        ],
        workingDir: POSTMAN,
        timeoutRequest: 30_000,
        reporters: [],
      },
      (error, summary) => (error ? reject(error) : resolve(summary)),
    );
  });
}

/** Which request failed, and at what. */
export function nameOf({ source, error }: NewmanRunFailure): string {
  return `${source?.name ?? 'collection'}: ${error.test ?? error.name}: ${error.message}`;
}
