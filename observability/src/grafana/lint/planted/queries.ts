import { macro } from '../../model/addresses.js';
import { expr, replaced, target, type Planted } from './plant.js';

export const IN_QUERIES: readonly Planted[] = [
  {
    rule: 'target-promql',
    what: 'a query is no PromQL',
    plant: expr('Waiting', (text) => `${text})`),
    finds: /no PromQL/,
  },
  {
    rule: 'target-language',
    what: 'a query is for Loki',
    plant: (d) => void (target(d, 'Waiting')['datasource'] = { type: 'loki', uid: macro('datasource') }),
    finds: /not for Prometheus/,
  },
  {
    rule: 'target-rate-interval',
    what: 'a range is fixed',
    plant: replaced('Messages', '$__rate_interval', '1m'),
    finds: /is 1m, not/,
  },
  {
    rule: 'target-job',
    what: 'a job does not show the metric',
    plant: replaced('Waiting', 'job="rabbitmq"', 'job="mirante"'),
    finds: /mirante does not show rabbitmq_queue_messages_ready/,
  },
  {
    rule: 'target-job',
    what: 'there is no job',
    plant: replaced('Waiting', 'job="rabbitmq", ', ''),
    finds: /of which job/,
  },
  {
    rule: 'target-instance',
    what: 'there is no instance',
    plant: replaced('Waiting', ', instance=~"$broker"', ''),
    finds: /of which instance/,
  },
  {
    rule: 'target-counter',
    what: 'a counter is drawn as it is',
    plant: replaced('Messages', /rate\((.*)\[.*?\]\)/, '$1'),
    finds: /only grows/,
  },
  {
    rule: 'target-counter',
    what: 'a counter is drawn where it was not there before',
    plant: replaced('Had their effect already', / unless \((.*?) offset.*?\)\)/, ' unless other)'),
    finds: /only grows/,
  },
  {
    rule: 'target-counter',
    what: 'a gauge is rated',
    plant: replaced('Waiting', /(rabbitmq_.*\})/, 'rate($1[$__rate_interval])'),
    finds: /means nothing/,
  },
  {
    rule: 'metric-known',
    what: 'nobody shows a metric',
    plant: replaced('Waiting', 'messages_ready', 'messages_redy'),
    finds: /nobody shows rabbitmq_queue_messages_redy/,
  },
  {
    rule: 'metric-known',
    what: 'a histogram is asked for without a suffix',
    plant: replaced('Age by event (p95)', '_seconds_bucket', '_seconds'),
    finds: /nobody shows messaging_queue_lag_seconds/,
  },
  {
    rule: 'label-known',
    what: 'a metric does not have the label of a matcher',
    plant: replaced('Waiting by queue', 'job=', 'service="a", job='),
    finds: /has no label service/,
  },
  {
    rule: 'label-value-known',
    what: 'a label has no such value',
    plant: replaced('Duration of handling (p95)', 'job=', 'outcome="ok", job='),
    finds: /no outcome of messaging_process_duration_seconds_bucket is ="ok"/,
  },
  {
    rule: 'alternatives-known',
    what: 'one of several values does not exist',
    plant: replaced('Duration of handling (p95)', 'job=', 'outcome=~"error|failure", job='),
    finds: /is "failure"/,
  },
  {
    rule: 'bucket-bound',
    what: 'a bound is none of the buckets',
    plant: replaced('Age by event (p95)', 'job=', 'le="3", job='),
    finds: /no bound 3/,
  },
  {
    rule: 'label-reaches-panel',
    what: 'a legend names a label that was summed away',
    plant: (d) => void (target(d, 'Waiting by queue')['legendFormat'] = '{{vhost}}'),
    finds: /legend has no label vhost/,
  },
  {
    rule: 'label-reaches-panel',
    what: 'a sum is by a label nothing has',
    plant: replaced('Waiting by queue', 'by (queue)', 'by (queue, kind)'),
    finds: /by kind, which nothing/,
  },
  {
    rule: 'quantile-of-buckets',
    what: 'buckets are summed without le',
    plant: replaced('Age by event (p95)', 'by (le, event)', 'by (event)'),
    finds: /without le/,
  },
  {
    rule: 'quantile-of-buckets',
    what: 'a quantile is taken of a counter',
    plant: replaced('Age by event (p95)', 'seconds_bucket', 'seconds_count'),
    finds: /which has no buckets/,
  },
  {
    rule: 'exemplars-on-latencies',
    what: 'a latency shows no exemplars',
    plant: (d) => void (target(d, 'Age by event (p95)')['exemplar'] = false),
    finds: /shows no exemplars/,
  },
  {
    rule: 'exemplars-on-latencies',
    what: 'a gauge asks for exemplars',
    plant: (d) => void (target(d, 'Waiting')['exemplar'] = true),
    finds: /no exemplars to show/,
  },
];
