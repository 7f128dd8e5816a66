import { z } from 'zod';
import { type GeneratedFile, jsonFile } from '../generated-file.js';
import { ALERT_RULES } from './alert-rules.js';
import { apiDashboard } from './api-output.js';
import { apiDashboardSchema } from './api-schema.js';
import { DASHBOARDS } from './dashboards/index.js';
import { savedObjects } from './ndjson-output.js';

/** Kibana's objects twice: dashboards for the API of 9.5, and everything as saved objects for 8.x. */
export function kibanaArtefacts(): readonly GeneratedFile[] {
  const ndjson = savedObjects().map((object) => JSON.stringify(object));
  return [
    ...DASHBOARDS.map((dashboard) =>
      jsonFile(`observability/kibana/api/${dashboard.id}.json`, apiDashboard(dashboard)),
    ),
    ...Object.entries(ALERT_RULES).map(([id, rule]) => jsonFile(`observability/kibana/rules/${id}.json`, rule)),
    { path: 'observability/kibana/objects.ndjson', text: `${ndjson.join('\n')}\n` },
    jsonFile('observability/kibana/dashboard.schema.json', z.toJSONSchema(apiDashboardSchema)),
  ];
}
