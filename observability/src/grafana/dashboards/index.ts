import type { Catalogue } from '../../signals/catalogue.js';
import type { DashboardSpec } from '../model/dashboard-spec.js';
import { ingest } from './ingest.js';
import { jobs } from './jobs.js';
import { messaging } from './messaging.js';
import { mysql } from './mysql.js';
import { withObjectives } from './objectives.js';
import { overviewOf } from './overview.js';
import { runtime } from './runtime.js';
import { service } from './service.js';
import { telemetry } from './telemetry.js';
import { visitors } from './visitors.js';

const WRITTEN: readonly DashboardSpec[] = [service, messaging, jobs, ingest, visitors, mysql, runtime, telemetry];

/** Every dashboard Grafana is given. */
export function dashboardsOf(catalogue: Pick<Catalogue, 'slos'>): readonly DashboardSpec[] {
  return [overviewOf(catalogue.slos), ...WRITTEN].map((spec) => withObjectives(spec, catalogue));
}
