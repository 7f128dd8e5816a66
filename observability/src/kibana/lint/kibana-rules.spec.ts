import { beforeEach, describe, expect, it } from 'vitest';
import { repoRoot } from '../../../../compose/native/src/repo.js';
import { readCatalogue } from '../../signals/catalogue.js';
import { readKibanaFiles, type Json, type KibanaFiles } from './kibana-files.js';
import { KIBANA_RULES, kibanaProblems } from './kibana-rules.js';
import { esqlFields, kqlFields } from './query-fields.js';

const catalogue = readCatalogue(repoRoot);
let files: KibanaFiles;

beforeEach(() => {
  files = readKibanaFiles(repoRoot);
});

type Panel = Json & { config: Json & { data_source: Json }; grid: Json };
const logs = () => files.api['mirante-logs'] as { panels: Panel[]; pinned_panels: Array<{ config: Json }> } & Json;
const object = (id: string, type = 'dashboard') =>
  files.objects.find((each) => each['id'] === id && each['type'] === type) as Json & {
    attributes: Json;
    references: Json[];
  };
const ruleQuery = () => (files.rules['mirante-failure-store']!['params'] as { esqlQuery: Json }).esqlQuery;
const changePanels = (change: (panels: Array<Json & { gridData: Json }>) => void) => {
  const { attributes } = object('mirante-logs');
  const panels = JSON.parse(String(attributes['panelsJSON'])) as Array<Json & { gridData: Json }>;
  change(panels);
  attributes['panelsJSON'] = JSON.stringify(panels);
};
const changeKql = (kql: string) => {
  const meta = object('mirante-problems', 'search').attributes['kibanaSavedObjectMeta'] as Json;
  const source = JSON.parse(String(meta['searchSourceJSON'])) as { query: Json };
  source.query['query'] = kql;
  meta['searchSourceJSON'] = JSON.stringify(source);
};
const changeState = (id: string, type: string) => {
  const { attributes } = object(id, 'visualization');
  attributes['visState'] = JSON.stringify({ ...(JSON.parse(String(attributes['visState'])) as Json), type });
};

const PLANTED: ReadonlyArray<[rule: string, what: string, plant: () => unknown]> = [
  ['schema', 'a panel of another type', () => (logs().panels[0]!['type'] = 'lens')],
  ['schema', 'a member Kibana does not know', () => (logs().panels[0]!.config['colour'] = 'red')],
  ['schema', 'a panel without words for who looks at it', () => delete logs().panels[0]!.config['description']],
  ['schema', 'an object without its version', () => delete object('mirante-logs')['coreMigrationVersion']],
  ['schema', 'a rule that never looks', () => (files.rules['mirante-failure-store']!['schedule'] = {})],
  ['unique-ids', 'two panels of one id', () => (logs().panels[1]!['id'] = logs().panels[0]!['id'])],
  ['unique-ids', 'an object twice', () => files.objects.push(structuredClone(files.objects.at(-1)!))],
  ['references', 'a search that is gone', () => (logs().panels.at(-1)!.config['ref_id'] = 'mirante-gone')],
  ['references', 'an object that is gone', () => (object('mirante-logs').references[0]!['id'] = 'gone')],
  [
    'references',
    'a name without a reference',
    () => changePanels((all) => (all.at(-1)!['panelRefName'] = 'panel_none')),
  ],
  ['references', 'a data view that is gone', () => (logs().pinned_panels[0]!.config['data_view_id'] = 'gone')],
  ['grid', 'overlapping panels', () => (logs().panels[1]!.grid['x'] = 6)],
  ['grid', 'a panel beyond the edge', () => (logs().panels[3]!.grid['w'] = 20)],
  ['grid', 'the same in the saved objects', () => changePanels((all) => (all[3]!.gridData['w'] = 20))],
  ['fields', 'a field in ES|QL', () => replaceIn(logs().panels[1]!, 'log.level', 'log.severity')],
  ['fields', 'a field in KQL', () => changeKql('log.severity : "error"')],
  [
    'fields',
    'a column of a search',
    () => (object('mirante-problems', 'search').attributes['columns'] = ['log.severity']),
  ],
  ['fields', 'a field of a control', () => (logs().pinned_panels[0]!.config['field_name'] = 'service')],
  ['fields', 'a metric that was renamed', () => replaceIn(prometheus(), 'outbox_oldest_pending', 'outbox_oldest')],
  ['index-patterns', 'another stream in a query', () => replaceIn(logs().panels[0]!, 'logs-mirante.*-*', 'logs-*')],
  [
    'index-patterns',
    'a rule over another stream',
    () => (ruleQuery()['esql'] = 'FROM logs-*::failures | STATS n = COUNT(*)'),
  ],
  [
    'index-patterns',
    'a data view of everything',
    () => (object('mirante-logs', 'index-pattern').attributes['title'] = '*'),
  ],
  ['legacy', 'a second Timelion object', () => changeState('mirante-vega-waterfall', 'timelion')],
  ['legacy', 'an aggregation-based one', () => changeState('mirante-vega-waterfall', 'histogram')],
  ['legacy', 'a TSVB one', () => changeState('mirante-timelion-outbox', 'metrics')],
  ['legacy', 'no label', () => (object('mirante-timelion-outbox', 'visualization').attributes['title'] = 'Outbox')],
  ['stable-order', 'panels in another order', () => logs().panels.reverse()],
  ['stable-order', 'objects in another order', () => files.objects.reverse()],
  [
    'twins',
    'a dashboard in one output only',
    () => (files.api['mirante-new'] = structuredClone(files.api['mirante-logs']!)),
  ],
  ['twins', 'another title', () => (object('mirante-logs').attributes['title'] = 'Logs')],
];

const prometheus = () =>
  (files.api['mirante-prometheus'] as { panels: Panel[] }).panels.find(({ id }) => id === 'outbox')!;

function replaceIn(panel: Panel, from: string, to: string): void {
  const changed = JSON.parse(JSON.stringify(panel).replaceAll(from, to)) as Panel;
  Object.assign(panel, changed);
}

describe('kibanaProblems', () => {
  it('should find nothing wrong with what we give to Kibana', () => {
    expect(kibanaProblems(files, catalogue)).toEqual([]);
  });

  it.each(PLANTED)('should report %s: %s', (rule, _what, plant) => {
    plant();
    const problems = kibanaProblems(files, catalogue);
    expect(problems.map((problem) => problem.split(':')[0])).toContain(rule);
  });

  it('should report a time in an object', () => {
    files.objects[0]!['updated_at'] = '2026-11-20T00:00:00Z';
    expect(kibanaProblems(files, catalogue).join('\n')).toContain(
      'stable-order: objects/mirante-logs changes with every export',
    );
  });

  it('should have a planted problem for every rule', () => {
    const planted = new Set(PLANTED.map(([rule]) => rule));
    expect(KIBANA_RULES.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([]);
  });
});

describe('esqlFields', () => {
  it.each([
    ['FROM logs-* | WHERE a.b == "c.d" AND e IN ("f")', ['a.b', 'e']],
    [
      'FROM x | STATS n = COUNT(*), m = MAX(g.h) BY BUCKET(@timestamp, 75, ?_tstart, ?_tend), i.j',
      ['g.h', '@timestamp', 'i.j'],
    ],
    ['FROM x | EVAL k = l / 1000000.0 | SORT k DESC | LIMIT 5', ['l']],
    ['TS x | STATS r = SUM(RATE(metrics.m)) BY TBUCKET(1 minute), labels.s', ['metrics.m', 'labels.s']],
    ['FROM x | WHERE a IS NOT NULL | INLINE STATS first_one = MIN(b) BY c', ['a', 'b', 'c']],
  ])('should find what %s reads', (query, fields) => {
    expect(esqlFields(query)).toEqual(fields);
  });
});

describe('kqlFields', () => {
  it.each([
    ['a.b : "x:y" and not c >= 5', ['a.b', 'c']],
    ['event.action : (capture-* or import-*)', ['event.action']],
    ['', []],
  ])('should find what %s reads', (kql, fields) => {
    expect(kqlFields(kql)).toEqual(fields);
  });
});
