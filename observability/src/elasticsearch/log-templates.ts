import type { LogFieldSignal } from '../signals/log-fields.js';
import { familiesOf, propertiesOf } from './field-mappings.js';
import { LOGS, TEMPLATE_PRIORITY } from './streams.data.js';

const DESCRIPTION =
  'Generated from observability/signals/log-fields.yaml; changes made here are undone by the next set-up.';
const META = { managed_by: 'mirante', description: DESCRIPTION };

/** Logs are deleted by age; a day's index at a time, so that the age is kept to the day. */
export function logLifecycle(): object {
  return {
    policy: {
      _meta: META,
      phases: {
        hot: {
          min_age: '0ms',
          actions: {
            rollover: { max_age: '1d', max_primary_shard_size: '10gb' },
            set_priority: { priority: 100 },
          },
        },
        delete: {
          min_age: `${LOGS.retentionDays}d`,
          actions: { delete: { delete_searchable_snapshot: true } },
        },
      },
    },
  };
}

export function logMappings(fields: readonly LogFieldSignal[]): object {
  const families = fields.filter(({ name }) => name.endsWith('.*')).map(({ name }) => name.slice(0, -2));
  const objects = Object.fromEntries(families.map((name) => [name, { type: 'object', dynamic: true }]));
  return {
    _meta: META,
    template: {
      mappings: {
        // What is not listed is kept in the document but not indexed; so no line can ever add a field.
        dynamic: false,
        date_detection: false,
        numeric_detection: false,
        dynamic_templates: familiesOf(fields),
        properties: {
          ...propertiesOf(fields),
          ...objects,
          data_stream: {
            properties: {
              type: { type: 'constant_keyword', value: 'logs' },
              dataset: { type: 'constant_keyword' },
              namespace: { type: 'constant_keyword' },
            },
          },
        },
      },
    },
  };
}

export function logSettings(): object {
  return {
    _meta: META,
    template: {
      settings: {
        index: {
          lifecycle: { name: LOGS.name },
          default_pipeline: LOGS.name,
          codec: 'best_compression',
          // One primary: the volume of one installation; replicas where there is a second node.
          number_of_shards: '1',
          auto_expand_replicas: '0-1',
          refresh_interval: '5s',
          mode: 'standard',
          mapping: { total_fields: { limit: '1000', ignore_dynamic_beyond_limit: 'true' } },
          query: { default_field: ['message', 'error.message'] },
        },
      },
    },
  };
}

export function logTemplate(): object {
  return {
    _meta: META,
    index_patterns: [LOGS.pattern],
    priority: TEMPLATE_PRIORITY,
    composed_of: [`${LOGS.name}@mappings`, `${LOGS.name}@settings`, `${LOGS.name}@custom`],
    // Made by operators who want other replicas or a longer life; settings only, ours to read, never to write.
    ignore_missing_component_templates: [`${LOGS.name}@custom`],
    data_stream: {},
    template: {
      // A line that cannot be indexed is kept here with the reason, instead of being refused.
      data_stream_options: {
        failure_store: { enabled: true, lifecycle: { data_retention: `${LOGS.retentionDays}d` } },
      },
    },
  };
}
