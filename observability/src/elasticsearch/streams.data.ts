/** Where things are in Elasticsearch. Filebeat, the services, Prometheus and Kibana's data views use these names. */
export const LOGS = {
  /** Name of the template, the pipeline and the lifecycle. */
  name: 'mirante-logs',
  stream: 'logs-mirante.app-default',
  /** Room for streams of other datasets and environments. */
  pattern: 'logs-mirante.*-*',
  dataset: 'mirante.app',
  /** Lines older than this, in days, are deleted. */
  retentionDays: 14,
} as const;

/** Posts for full-text search; the services know only the alias. */
export const POSTS = {
  name: 'mirante-posts',
  alias: 'mirante-posts',
  index: 'mirante-posts-v1',
  pattern: 'mirante-posts-v*',
} as const;

/** Samples that Prometheus sends by remote_write; Elasticsearch's own template for `metrics-*.prometheus-*` maps them. */
export const METRICS = {
  stream: 'metrics-mirante.prometheus-default',
  pattern: 'metrics-mirante.prometheus-*',
  remoteWritePath: '/_prometheus/metrics/mirante/default/api/v1/write',
} as const;

/** Above every template that comes with Elasticsearch. */
export const TEMPLATE_PRIORITY = 250;
