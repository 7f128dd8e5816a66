import { relative } from 'node:path';
import { printWhatToTry } from '../commands/addresses.js';
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
  printWhatToTry(project.run.publicUrl, project.run.profiles.includes('simulator'));
}
