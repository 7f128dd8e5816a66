import { relative } from 'node:path';
import { SAMPLE_FILE, SAMPLE_TAG, SIMULATED_TAG } from '../commands/sample.js';
import { paths } from '../stack/paths.js';
import type { ComposeProject } from './project.js';

/** Where everything answers; all but the gateway on this machine alone. */
export function composeAddresses({ run, env }: Pick<ComposeProject, 'run' | 'env'>): Array<[string, string]> {
  const local = (variable: string, port: number) => `http://127.0.0.1:${env[variable] || port}`;
  const secrets = relative(paths.repo, paths.composeEnv);
  return [
    ['main page and API', run.publicUrl],
    ['API documentation', `${run.publicUrl}/api/docs`],
    ['Grafana', `${local('MIRANTE_GRAFANA_PORT', 3000)} (admin, MIRANTE_GRAFANA_ADMIN_PASSWORD in ${secrets})`],
    ...(run.profiles.includes('logs')
      ? [
          ['Kibana', `${local('MIRANTE_KIBANA_PORT', 5601)} (elastic, MIRANTE_ELASTIC_PASSWORD in ${secrets})`] as [
            string,
            string,
          ],
        ]
      : []),
    ['Prometheus', local('MIRANTE_PROMETHEUS_PORT', 9090)],
    ['Alertmanager', local('MIRANTE_ALERTMANAGER_PORT', 9093)],
  ];
}

export function printComposeAddresses(project: ComposeProject): void {
  console.log('\nMirante runs in containers:');
  for (const [what, where] of composeAddresses(project)) console.log(`  ${what.padEnd(20)} ${where}`);
  const { publicUrl, profiles } = project.run;
  console.log(`
Try (a small sample is loaded under the tag ${SAMPLE_TAG}):
  curl '${publicUrl}/api/v1/analytics/top-users?tag=${SAMPLE_TAG}'
  curl --data-binary @${SAMPLE_FILE} -H 'content-type: application/x-ndjson' '${publicUrl}/api/v1/archives?tag=${SAMPLE_TAG}'
  npm run logs -- -f
`);
  if (!profiles.includes('simulator')) return;
  console.log(`X is SIMULATED: nobody set MIRANTE_X_BEARER_TOKEN. Its posts are made up, stored under the source x-simulator and cost
nothing. A capture of the tag ${SIMULATED_TAG} follows it:
  curl '${publicUrl}/api/v1/captures'
`);
}
