import { DATA_VIEWS } from './data-views.js';
import { DASHBOARDS } from './dashboards/index.js';
import { lensAttributes } from './lens.js';
import type { Dashboard, Panel, SavedSearch } from './model.js';
import { savedObject, type Reference, type SavedObject } from './saved-object.js';
import { SAVED_SEARCHES } from './saved-searches.js';
import { TIMELION } from './timelion.js';
import { WATERFALL } from './waterfall.js';

const NO_SEARCH = JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [] });

/** Everything for Kibana 8, in the order in which it refers to each other. */
export function savedObjects(): readonly SavedObject[] {
  return [
    ...DATA_VIEWS.map(({ id, name, pattern, timeField }) =>
      savedObject('index-pattern', id, { name, title: pattern, timeFieldName: timeField, allowNoIndex: true }),
    ),
    ...SAVED_SEARCHES.map(searchObject),
    timelionObject(),
    vegaObject(),
    ...DASHBOARDS.map(dashboardObject),
  ];
}

function searchObject({ id, title, description, dataView, kql, columns }: SavedSearch): SavedObject {
  const indexRefName = 'kibanaSavedObjectMeta.searchSourceJSON.index';
  const source = { query: { query: kql, language: 'kuery' }, filter: [], indexRefName };
  return savedObject(
    'search',
    id,
    {
      title,
      description,
      columns: [...columns],
      sort: [['@timestamp', 'desc']],
      grid: {},
      hideChart: false,
      kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
    },
    [{ type: 'index-pattern', id: dataView, name: indexRefName }],
  );
}

function timelionObject(): SavedObject {
  const { id, title, expression } = TIMELION;
  return savedObject('visualization', id, visualization(title, 'timelion', { expression, interval: 'auto' }));
}

function vegaObject(): SavedObject {
  const { id, title, spec } = WATERFALL;
  return savedObject('visualization', id, visualization(title, 'vega', { spec: JSON.stringify(spec, undefined, 2) }));
}

function visualization(title: string, type: string, params: object): SavedObject['attributes'] {
  return {
    title,
    description: '',
    version: 1,
    uiStateJSON: '{}',
    visState: JSON.stringify({ title, type, aggs: [], params }),
    kibanaSavedObjectMeta: { searchSourceJSON: NO_SEARCH },
  };
}

function dashboardObject({ id, title, description, from, controls, panels }: Dashboard): SavedObject {
  const references: Reference[] = [];
  const shown = panels.filter(({ only }) => only !== 'api').map((panel) => panelOf(panel, references));
  const choices = controls.map(({ field, title: label, dataView }, order) => {
    const control = `control${order}`;
    references.push({ type: 'index-pattern', id: dataView, name: `controlGroup_${control}:optionsListDataView` });
    const explicitInput = { id: control, fieldName: field, title: label, enhancements: {} };
    return [control, { type: 'optionsListControl', order, grow: true, width: 'medium', explicitInput }];
  });
  return savedObject(
    'dashboard',
    id,
    {
      title,
      description,
      version: 1,
      timeRestore: true,
      timeFrom: from,
      timeTo: 'now',
      panelsJSON: JSON.stringify(shown),
      optionsJSON: JSON.stringify({ useMargins: true, syncColors: true, syncCursor: true, hidePanelTitles: false }),
      controlGroupInput: {
        controlStyle: 'oneLine',
        chainingSystem: 'HIERARCHICAL',
        panelsJSON: JSON.stringify(Object.fromEntries(choices)),
        ignoreParentSettingsJSON: '{}',
      },
      kibanaSavedObjectMeta: { searchSourceJSON: NO_SEARCH },
    },
    references,
  );
}

function panelOf(panel: Panel, references: Reference[]): object {
  const { id, grid, title, description } = panel;
  const common = { panelIndex: id, gridData: { ...grid, i: id }, title };
  const byReference = (type: string, target: string) => {
    references.push({ type, id: target, name: `${id}:panel_${id}` });
    return { ...common, type, panelRefName: `panel_${id}`, embeddableConfig: { description, enhancements: {} } };
  };
  switch (panel.kind) {
    case 'search':
      return byReference('search', panel.search);
    case 'visualization':
      return byReference('visualization', panel.visualization);
    case 'text': {
      const savedVis = { type: 'markdown', title, params: { markdown: panel.markdown, fontSize: 12, openLinksInNewTab: true }, uiState: {}, data: { aggs: [], searchSource: {} } }; // prettier-ignore
      return { ...common, type: 'visualization', embeddableConfig: { savedVis, enhancements: {} } };
    }
    case 'metric':
    case 'chart':
    case 'table':
      return {
        ...common,
        type: 'lens',
        embeddableConfig: { attributes: lensAttributes(panel), description, enhancements: {} },
      };
  }
}
