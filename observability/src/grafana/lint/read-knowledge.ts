import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { recordingGroups } from '../../prometheus/recording-rules.js';
import { sloGroups } from '../../prometheus/slo-rules.js';
import { SEVERITIES } from '../../signals/alerts.js';
import type { Catalogue } from '../../signals/catalogue.js';
import { burnAlertOf } from '../../signals/slos.js';
import { dashboardsOf } from '../dashboards/index.js';
import { ELASTICSEARCH_UID, PROMETHEUS_UID } from '../model/addresses.js';
import { labelsOf, type KnownAlert, type Knowledge, type KnownMetric } from './knowledge.js';
import { resultLabels } from './promql/result-labels.js';

const SCRAPE_LABELS = ['job', 'instance'];

/** @param root folder of the repository, for what is known of runbooks */
export function readKnowledge(root: string, catalogue: Catalogue): Knowledge {
  const metrics = new Map(
    [...ours(catalogue), ...foreign(catalogue), ...builtIn(catalogue)].map((known) => [known.name, known]),
  );
  addRules(metrics, catalogue);
  return {
    metrics,
    alerts: new Map(alertsOf(catalogue).map((alert) => [alert.name, alert])),
    runbooks: pagesIn(join(root, 'docs/runbooks')),
    dashboards: new Map(
      dashboardsOf(catalogue).map(({ uid, variables }) => [
        uid,
        ['datasource', 'mirante_url', ...variables.map(({ name }) => name)],
      ]),
    ),
    dataSources: new Set([PROMETHEUS_UID, ELASTICSEARCH_UID]),
    units: new Set(Object.values(units).filter((unit) => typeof unit === 'string')),
  };
}

function ours({ metrics }: Catalogue): KnownMetric[] {
  return metrics.map(({ name, type, labels, values, examples, buckets, owner, exemplars }) => ({
    name,
    type,
    owner,
    hasExemplars: type === 'histogram' && exemplars !== false && owner !== 'prom-client',
    labels: [...labels, ...SCRAPE_LABELS, 'service'],
    jobs: ['mirante'],
    ...(values && { values }),
    ...(examples && { examples }),
    ...(buckets && { bounds: buckets }),
  }));
}

function foreign({ foreignMetrics }: Catalogue): KnownMetric[] {
  return foreignMetrics.map(({ name, type, labels, job, examples }) => ({
    name,
    type,
    labels: [...labels, ...SCRAPE_LABELS],
    jobs: [job],
    hasExemplars: false,
    ...(examples && { examples }),
  }));
}

/** What Prometheus writes about scrapes and alerts. */
function builtIn(catalogue: Catalogue): KnownMetric[] {
  const scrape = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped', 'scrape_series_added'];
  const labels = [...SCRAPE_LABELS, 'service'];
  const jobs = ['mirante', ...new Set(catalogue.foreignMetrics.map(({ job }) => job))];
  const alerts = alertsOf(catalogue);
  return [
    ...scrape.map((name): KnownMetric => ({ name, type: 'gauge', labels, jobs, hasExemplars: false })),
    {
      name: 'ALERTS',
      type: 'rule',
      labels: ['alertname', 'alertstate', 'severity', 'service', 'slo', 'job', 'instance'],
      jobs: [],
      hasExemplars: false,
      values: {
        alertname: alerts.map(({ name }) => name),
        alertstate: ['pending', 'firing'],
        severity: SEVERITIES,
      },
    },
  ];
}

/** Recording rules in the order they are written in: each may use those before it. */
function addRules(metrics: Map<string, KnownMetric>, catalogue: Catalogue): void {
  for (const { record, expr, labels } of [...recordingGroups(catalogue), ...sloGroups(catalogue)].flatMap(
    ({ rules }) => rules,
  )) {
    if (!record) continue;
    const known = metrics.get(record);
    const found = resultLabels(expr, (name) => labelsOf({ metrics }, name));
    const all = [...new Set([...(known?.labels ?? []), ...found, ...Object.keys(labels ?? {})])];
    const values = record.startsWith('slo:') ? { slo: catalogue.slos.map(({ id }) => id) } : undefined;
    metrics.set(record, {
      name: record,
      type: 'rule',
      labels: all,
      jobs: [],
      hasExemplars: false,
      ...(values && { values }),
    });
  }
}

function alertsOf({ alerts, slos }: Catalogue): KnownAlert[] {
  return [...alerts, ...slos.map((slo) => ({ name: burnAlertOf(slo), dashboard: slo.dashboard }))];
}

function pagesIn(folder: string): Set<string> {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return new Set(files.filter((file) => file.endsWith('.md')).map((file) => file.slice(0, -'.md'.length)));
}
