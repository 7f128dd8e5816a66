import { ADDRESS_LABEL } from './annotations.js';

/** Where Prometheus finds something: fixed addresses, or names whose every address is asked. */
export type Found =
  | { readonly targets: readonly string[]; readonly labels?: Readonly<Record<string, string>> }
  | { readonly names: readonly string[]; readonly port: number };

export interface PrometheusPlaces {
  /** Between two scrapes and two evaluations of rules, such as `5s`. */
  readonly interval: string;
  readonly scrapeTimeout: string;
  /** Public address of the gateway. */
  readonly address: string;
  readonly ruleFiles: readonly string[];
  readonly services: readonly Found[];
  readonly rabbitmq: Found;
  readonly prometheus: Found;
  readonly alertmanager: Found;
  /** Exporter of the database. */
  readonly mysql?: Found;
  /** Further jobs by name. */
  readonly others?: Readonly<Record<string, Found>>;
}

/** Configuration of Prometheus 2.42 and later; the names of jobs are those that rules and panels use. */
export function prometheusServerConfig(places: PrometheusPlaces) {
  const { rabbitmq, prometheus, alertmanager, mysql, others = {} } = places;
  return {
    global: {
      scrape_interval: places.interval,
      scrape_timeout: places.scrapeTimeout,
      evaluation_interval: places.interval,
      external_labels: { [ADDRESS_LABEL]: places.address },
    },
    rule_files: places.ruleFiles,
    alerting: { alertmanagers: [discovery([alertmanager])] },
    scrape_configs: [
      { job_name: 'mirante', ...discovery(places.services), ...serviceOfName(places.services) },
      { job_name: 'rabbitmq', ...discovery([rabbitmq]) },
      {
        // The plain endpoint sums over queues; alerts on one queue need them apart.
        job_name: 'rabbitmq-queues',
        metrics_path: '/metrics/detailed',
        params: { family: ['queue_coarse_metrics', 'queue_consumer_count'] },
        ...discovery([rabbitmq]),
      },
      ...(mysql ? [{ job_name: 'mysql', ...discovery([mysql]) }] : []),
      { job_name: 'prometheus', ...discovery([prometheus]) },
      { job_name: 'alertmanager', ...discovery([alertmanager]) },
      ...Object.entries(others).map(([job_name, found]) => ({ job_name, ...discovery([found]) })),
    ],
  };
}

function discovery(places: readonly Found[]) {
  const fixed = places.filter((place) => 'targets' in place);
  const named = places.filter((place) => 'names' in place);
  return {
    ...(fixed.length > 0 && { static_configs: fixed }),
    ...(named.length > 0 && {
      dns_sd_configs: named.map(({ names, port }) => ({ names, port, type: 'A', refresh_interval: '10s' })),
    }),
  };
}

/** The name under which a service was found is that of the service. */
function serviceOfName(places: readonly Found[]) {
  if (!places.some((place) => 'names' in place)) return {};
  return {
    relabel_configs: [{ source_labels: ['__meta_dns_name'], regex: '(.+)', target_label: 'service' }],
  };
}
