import { z } from 'zod';
import { LOGS } from '../elasticsearch/streams.data.js';

/** The part of Kibana's alerting API that we use: a rule over an ES|QL query. */
export const alertRuleSchema = z.strictObject({
  name: z.string().min(1),
  rule_type_id: z.literal('.es-query'),
  consumer: z.literal('stackAlerts'),
  enabled: z.boolean(),
  tags: z.array(z.string()),
  schedule: z.strictObject({ interval: z.string().regex(/^\d+[mh]$/) }),
  params: z.strictObject({
    searchType: z.literal('esqlQuery'),
    esqlQuery: z.strictObject({ esql: z.string() }),
    timeField: z.literal('@timestamp'),
    timeWindowSize: z.int().min(1),
    timeWindowUnit: z.enum(['m', 'h']),
    threshold: z.tuple([z.literal(0)]),
    thresholdComparator: z.literal('>'),
    size: z.int(),
    aggType: z.literal('count'),
    groupBy: z.literal('all'),
    excludeHitsFromPreviousRun: z.boolean(),
  }),
  actions: z.tuple([]),
});
export type AlertRule = z.infer<typeof alertRuleSchema>;

/**
 * Prometheus does not see what Elasticsearch could not index, so Kibana tells. An operator adds where to (an action needs a
 * connector, which is theirs); that is no difference to the set-up.
 */
export const ALERT_RULES: Readonly<Record<string, AlertRule>> = {
  'mirante-failure-store': {
    name: 'Mirante: lines that could not be indexed',
    rule_type_id: '.es-query',
    consumer: 'stackAlerts',
    enabled: true,
    tags: ['mirante', 'logs'],
    schedule: { interval: '5m' },
    params: {
      searchType: 'esqlQuery',
      esqlQuery: { esql: `FROM ${LOGS.pattern}::failures | STATS lines = COUNT(*) | WHERE lines > 0` },
      timeField: '@timestamp',
      timeWindowSize: 10,
      timeWindowUnit: 'm',
      threshold: [0],
      thresholdComparator: '>',
      size: 0,
      aggType: 'count',
      groupBy: 'all',
      excludeHitsFromPreviousRun: true,
    },
    actions: [],
  },
};
