import { z } from 'zod';
import { LOGS, METRICS, POSTS } from '../../elasticsearch/streams.data.js';
import type { Catalogue } from '../../signals/catalogue.js';
import { alertRuleSchema } from '../alert-rules.js';
import { apiDashboardSchema } from '../api-schema.js';
import { savedObjectSchema } from '../saved-object.js';
import { TIMELION } from '../timelion.js';
import { allPanels, apiPanels, esqlQueries, objectPanels, type AnyPanel, type Json, type KibanaFiles } from './kibana-files.js'; // prettier-ignore
import { esqlFields, esqlSource, kqlFields } from './query-fields.js';

export interface KibanaRule {
  readonly name: string;
  problems(files: KibanaFiles, catalogue: Catalogue): readonly string[];
}

const PATTERNS: ReadonlySet<string> = new Set([
  LOGS.pattern,
  `${LOGS.pattern}::failures`,
  METRICS.pattern,
  POSTS.pattern,
]);
const COLUMNS = 48;
/** Kinds of `visualization` that stay; Timelion only as the one object that is labelled. */
const KEPT_VISUALIZATIONS = new Set(['vega', 'markdown']);
const TYPE_ORDER = ['index-pattern', 'search', 'visualization', 'dashboard'];

export const KIBANA_RULES: readonly KibanaRule[] = [
  {
    name: 'schema',
    problems: ({ api, objects, rules }) => [
      ...Object.entries(api).flatMap(([name, body]) => schemaProblems(`api/${name}`, apiDashboardSchema, body)),
      ...Object.entries(rules).flatMap(([name, body]) => schemaProblems(`rules/${name}`, alertRuleSchema, body)),
      ...objects.flatMap((object) => schemaProblems(`objects/${String(object['id'])}`, savedObjectSchema, object)),
    ],
  },
  {
    name: 'unique-ids',
    problems: (files) => {
      const ids = [
        ...files.objects.map(({ type, id }) => `${String(type)} ${String(id)}`),
        ...allPanels(files).map(({ where, id }) => `${where} panel ${id}`),
      ];
      return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`);
    },
  },
  {
    name: 'references',
    problems: (files) => {
      const there = new Set(files.objects.map(({ type, id }) => `${String(type)} ${String(id)}`));
      const missing = (where: string, type: string, id: unknown) =>
        there.has(`${type} ${String(id)}`) ? [] : [`${where} refers to the ${type} ${String(id)}, which is not there`];
      return [
        ...files.objects.flatMap(({ id, references }) =>
          (references as Array<{ type: string; id: string }>).flatMap((to) =>
            missing(`objects/${String(id)}`, to.type, to.id),
          ),
        ),
        ...objectPanels(files).flatMap((panel) => danglingNames(files, panel)),
        ...apiPanels(files)
          .filter(({ type }) => type === 'discover_session')
          .flatMap(({ where, raw }) => missing(where, 'search', (raw['config'] as Json)['ref_id'])),
        ...controlsOf(files).flatMap(({ where, dataView }) => missing(where, 'index-pattern', dataView)),
      ];
    },
  },
  {
    name: 'grid',
    problems: (files) => {
      const panels = allPanels(files);
      const wide = panels
        .filter(({ grid: { x, w } }) => x + w > COLUMNS)
        .map(({ where, id }) => `${where} ${id} is beyond the ${COLUMNS} columns`);
      const overlapping = panels.flatMap((panel, index) =>
        panels
          .slice(index + 1)
          .filter((other) => other.where === panel.where && overlap(panel, other))
          .map((other) => `${panel.where} ${panel.id} and ${other.id} overlap`),
      );
      return [...wide, ...overlapping];
    },
  },
  {
    name: 'fields',
    problems: (files, catalogue) => {
      const unknown = (where: string, names: readonly string[]) =>
        names
          .filter((name) => !isKnownField(name, catalogue))
          .map((name) => `${where}: nobody writes the field ${name}`);
      return [
        ...esqlQueries(files).flatMap(({ where, query }) => unknown(where, esqlFields(query))),
        ...controlsOf(files).flatMap(({ where, field }) => unknown(where, [field])),
        ...files.objects
          .filter(({ type }) => type === 'search')
          .flatMap(({ id, attributes }) => unknown(`objects/${String(id)}`, fieldsOfSearch(attributes as Json))),
      ];
    },
  },
  {
    name: 'index-patterns',
    problems: (files) => {
      const views = files.objects
        .filter(({ type }) => type === 'index-pattern')
        .map(({ id, attributes }) => [`objects/${String(id)}`, String((attributes as Json)['title'])] as const);
      const queries = esqlQueries(files).map(({ where, query }) => [where, esqlSource(query) ?? query] as const);
      return [...views, ...queries]
        .filter(([, pattern]) => !PATTERNS.has(pattern))
        .map(([where, pattern]) => `${where} reads ${pattern}, which is none of our streams`);
    },
  },
  {
    name: 'legacy',
    problems: ({ objects }) =>
      objects
        .filter(({ type }) => type === 'visualization')
        .flatMap(({ id, attributes }) => {
          const { title, visState } = attributes as { title: string; visState: string };
          const { type } = JSON.parse(visState) as { type: string };
          if (KEPT_VISUALIZATIONS.has(type)) return [];
          if (type !== 'timelion' || id !== TIMELION.id) return [`objects/${String(id)} is of the legacy type ${type}`];
          return title.startsWith('[Legacy]') ? [] : [`objects/${String(id)} does not say that it is legacy`];
        }),
  },
  {
    name: 'stable-order',
    problems: (files) => {
      const ranks = files.objects.map(({ type }) => TYPE_ORDER.indexOf(String(type)));
      const disorder = ranks.some((rank, index) => index > 0 && rank < ranks[index - 1]!);
      const dated = files.objects
        .filter((object) => 'updated_at' in object || 'version' in object)
        .map(({ id }) => `objects/${String(id)} changes with every export: it names a time or a version`);
      const unsorted = allPanels(files).flatMap((panel, index, panels) => {
        const before = panels[index - 1];
        if (before?.where !== panel.where) return [];
        const inOrder =
          before.grid.y < panel.grid.y || (before.grid.y === panel.grid.y && before.grid.x < panel.grid.x);
        return inOrder ? [] : [`${panel.where} ${panel.id} stands behind ${before.id}, but is above it or left of it`];
      });
      return [
        ...(disorder ? ['objects are not in the order in which they need each other'] : []),
        ...dated,
        ...unsorted,
      ];
    },
  },
  {
    name: 'twins',
    problems: ({ api, objects }) => {
      const titles = new Map(
        objects
          .filter(({ type }) => type === 'dashboard')
          .map(({ id, attributes }) => [String(id), (attributes as Json)['title']]),
      );
      const names = new Set([...Object.keys(api), ...titles.keys()]);
      return [...names]
        .filter((name) => api[name]?.['title'] !== titles.get(name))
        .map((name) => `${name} is not the same dashboard in both outputs`);
    },
  },
];

/** Every problem, with the name of its rule in front. */
export function kibanaProblems(files: KibanaFiles, catalogue: Catalogue): readonly string[] {
  return KIBANA_RULES.flatMap(({ name, problems }) => problems(files, catalogue).map((text) => `${name}: ${text}`));
}

function schemaProblems(where: string, schema: z.ZodType, value: unknown): string[] {
  const { success, error } = schema.safeParse(value);
  return success ? [] : [`${where}: ${z.prettifyError(error)}`];
}

function danglingNames({ objects }: KibanaFiles, { where, id, raw }: AnyPanel): string[] {
  const name = raw['panelRefName'];
  if (name === undefined) return [];
  const dashboard = objects.find(
    (object) => where === `objects/${String(object['id'])}` && object['type'] === 'dashboard',
  );
  const references = dashboard!['references'] as Array<{ name: string }>;
  return references.some((to) => to.name === `${id}:${String(name)}`)
    ? []
    : [`${where} ${id} has no reference ${String(name)}`];
}

function controlsOf({ api, objects }: KibanaFiles): Array<{ where: string; field: string; dataView: string }> {
  const ofApi = Object.entries(api).flatMap(([name, dashboard]) =>
    (dashboard['pinned_panels'] as Array<{ config: { field_name: string; data_view_id: string } }>).map(
      ({ config }) => ({
        where: `api/${name}`,
        field: config.field_name,
        dataView: config.data_view_id,
      }),
    ),
  );
  const ofObjects = objects
    .filter(({ type }) => type === 'dashboard')
    .flatMap(({ id, attributes, references }) => {
      const { panelsJSON } = (attributes as { controlGroupInput: { panelsJSON: string } }).controlGroupInput;
      const controls = JSON.parse(panelsJSON) as Record<string, { explicitInput: { fieldName: string } }>;
      return Object.entries(controls).map(([key, { explicitInput }]) => ({
        where: `objects/${String(id)}`,
        field: explicitInput.fieldName,
        dataView:
          (references as Array<{ name: string; id: string }>).find(({ name }) => name.includes(key))?.id ?? 'none',
      }));
    });
  return [...ofApi, ...ofObjects];
}

function fieldsOfSearch(attributes: Json): string[] {
  const { searchSourceJSON } = attributes['kibanaSavedObjectMeta'] as { searchSourceJSON: string };
  const { query } = JSON.parse(searchSourceJSON) as { query: { query: string } };
  const sorted = (attributes['sort'] as string[][]).map(([field]) => field!);
  return [...(attributes['columns'] as string[]), ...sorted, ...kqlFields(query.query)];
}

/** Fields of a line, or `metrics.<name>` and `labels.<name>` of a sample. */
function isKnownField(name: string, { logFields, metrics }: Catalogue): boolean {
  if (logFields.some((field) => field.name === name)) return true;
  if (logFields.some((field) => field.name.endsWith('.*') && name.startsWith(field.name.slice(0, -1)))) return true;
  if (!name.startsWith('metrics.')) return false;
  const sample = name.slice('metrics.'.length);
  return metrics.some(
    (metric) =>
      metric.name === sample ||
      (metric.type === 'histogram' &&
        ['_count', '_sum', '_bucket'].some((suffix) => `${metric.name}${suffix}` === sample)),
  );
}

function overlap({ grid: a }: AnyPanel, { grid: b }: AnyPanel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
