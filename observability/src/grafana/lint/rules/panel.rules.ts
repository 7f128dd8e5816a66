import { DATASOURCE } from '../../build-variables.js';
import { dataPanels, targetsOf } from '../dashboard-json.js';
import { at, type Rule } from '../rule.js';

export const panelDatasource: Rule = {
  name: 'panel-datasource',
  after: 'panel-datasource-rule',
  check: (dashboard) => [
    ...dataPanels(dashboard)
      .filter(({ datasource }) => datasource?.uid !== DATASOURCE.uid)
      .map((panel) => `${at(panel)} does not use the chosen data source`),
    ...targetsOf(dashboard)
      .filter(({ target }) => target.datasource?.uid !== DATASOURCE.uid)
      .map(({ panel, target }) => `${at(panel)}: query ${target.refId} does not use the chosen data source`),
  ],
};

export const panelDescribed: Rule = {
  name: 'panel-described',
  after: 'panel-title-description-rule',
  check: (dashboard) =>
    dataPanels(dashboard).flatMap((panel) => [
      ...(panel.title ? [] : [`panel ${panel.id} has no title`]),
      ...((panel.description?.length ?? 0) > 15 ? [] : [`${at(panel)} has no description`]),
    ]),
};

export const panelUnit: Rule = {
  name: 'panel-unit',
  after: 'panel-units-rule',
  check: (dashboard, { units }) =>
    dataPanels(dashboard).flatMap((panel) => {
      const unit = panel.fieldConfig?.defaults?.unit;
      if (!unit) return [`${at(panel)} has no unit`];
      return units.has(unit) ? [] : [`${at(panel)} has the unit ${unit}, which Grafana does not know`];
    }),
};

export const panelQueries: Rule = {
  name: 'panel-queries',
  after: 'panel-no-targets-rule',
  check: (dashboard) =>
    dataPanels(dashboard)
      .filter(({ targets = [] }) => targets.length === 0)
      .map((panel) => `${at(panel)} has no query`),
};

/** The SDK hides legends unless told otherwise; a chart of several series says nothing without. */
export const panelLegend: Rule = {
  name: 'panel-legend',
  check: (dashboard) =>
    dataPanels(dashboard)
      .filter(({ type, options }) => type === 'timeseries' && options?.legend?.showLegend !== true)
      .map((panel) => `${at(panel)} hides its legend`),
};
