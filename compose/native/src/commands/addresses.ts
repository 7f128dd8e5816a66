import { relative } from 'node:path';
import { paths } from '../stack/paths.js';
import type { RunRecord } from '../stack/run-file.js';
import { readJson } from '../stack/json-file.js';
import { SAMPLE_FILE, SAMPLE_TAG } from './sample.js';

/** Where everything answers, and what to try first. */
export function addresses(run: RunRecord): Array<[string, string]> {
  const ports = readJson<{ ports: Record<string, number> }>(paths.ports)?.ports ?? {};
  const local = (name: string) => `http://127.0.0.1:${ports[name]}`;
  return [
    ['main page and API', run.publicUrl],
    ['API documentation', `${run.publicUrl}/api/docs`],
    ['Prometheus', local('prometheus')],
    ['Alertmanager', local('alertmanager')],
    [
      'RabbitMQ management',
      `${local('rabbitmq-management')} (login: ${relative(paths.repo, paths.secrets)}, rabbitmq)`,
    ],
  ];
}

export function printAddresses(run: RunRecord): void {
  console.log('\nMirante runs:');
  for (const [what, where] of addresses(run)) console.log(`  ${what.padEnd(20)} ${where}`);
  console.log(`
Try (a small sample is loaded under the tag ${SAMPLE_TAG}):
  curl '${run.publicUrl}/api/v1/analytics/top-users?tag=${SAMPLE_TAG}'
  curl --data-binary @${SAMPLE_FILE} -H 'content-type: application/x-ndjson' '${run.publicUrl}/api/v1/archives?tag=${SAMPLE_TAG}'
  npm run logs -- -f
`);
}
