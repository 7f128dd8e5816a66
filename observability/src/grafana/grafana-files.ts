import { jsonFile, type GeneratedFile } from '../generated-file.js';
import { buildDashboard } from './build-dashboard.js';
import type { Catalogue } from '../signals/catalogue.js';
import { dashboardsOf } from './dashboards/index.js';
import { provisioningFiles } from './provisioning.js';

const FOLDER = 'observability/grafana';

/** What Grafana reads when it starts: data sources, where its dashboards are, and the dashboards. */
export function grafanaFiles(catalogue: Catalogue): readonly GeneratedFile[] {
  return [
    ...provisioningFiles(`${FOLDER}/provisioning`),
    ...dashboardsOf(catalogue).map((spec) => jsonFile(`${FOLDER}/dashboards/${spec.uid}.json`, buildDashboard(spec))),
  ];
}
