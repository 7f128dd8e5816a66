import { relative } from 'node:path';
import { paths } from '../stack/paths.js';
import type { RunRecord } from '../stack/run-file.js';
import { readJson } from '../stack/json-file.js';
import { X_SIMULATOR } from '../stack/ports.js';
import { SAMPLE_FILE, SAMPLE_TAG, SIMULATED_TAG } from './sample.js';

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
    ...(runsSimulator(run) ? [['X API (SIMULATED)', local(X_SIMULATOR)] as [string, string]] : []),
  ];
}

export function runsSimulator({ parts }: RunRecord): boolean {
  return parts.some(({ name }) => name === X_SIMULATOR);
}

export function printAddresses(run: RunRecord): void {
  console.log('\nMirante runs:');
  for (const [what, where] of addresses(run)) console.log(`  ${what.padEnd(20)} ${where}`);
  printWhatToTry(run.publicUrl, runsSimulator(run));
}

/** What to ask first, wherever the stack runs. */
export function printWhatToTry(publicUrl: string, isSimulated: boolean): void {
  console.log(`
Try (a small sample is loaded under the tag ${SAMPLE_TAG}):
  curl '${publicUrl}/api/v1/analytics/top-users?tag=${SAMPLE_TAG}'
  curl --data-binary @${SAMPLE_FILE} -H 'content-type: application/x-ndjson' '${publicUrl}/api/v1/archives?tag=${SAMPLE_TAG}'
  npm run logs -- -f
`);
  if (!isSimulated) return;
  console.log(`X is SIMULATED: nobody set MIRANTE_X_BEARER_TOKEN. Its posts are made up, stored under the source x-simulator and cost
nothing. A capture of the tag ${SIMULATED_TAG} follows it:
  curl '${publicUrl}/api/v1/captures'
`);
}
