import { DATASOURCE } from '../../build-variables.js';
import { queryOf, targetsOf, variablesOf, type DashboardJson, type VariableJson } from '../dashboard-json.js';
import { labelsOf } from '../knowledge.js';
import { parseable, variablesIn } from '../promql/macros.js';
import { selectorsIn } from '../promql/parse.js';
import type { Rule } from '../rule.js';

const ON_TIME_RANGE_CHANGE = 2;

const named = (dashboard: DashboardJson, name: string) => variablesOf(dashboard).find((found) => found.name === name);
const labelled = (dashboard: DashboardJson) => variablesOf(dashboard).filter(({ type }) => type === 'query');

export const templateDatasource: Rule = {
  name: 'template-datasource',
  after: 'template-datasource-rule',
  check: (dashboard) => {
    const variables = variablesOf(dashboard).filter(({ type }) => type === 'datasource');
    if (variables.length !== 1) return [`has ${variables.length} variables for data sources, not one`];
    const [{ name, label, query }] = variables as [VariableJson];
    return [
      ...(name === 'datasource' ? [] : [`the variable for the data source is called ${name}`]),
      ...(label ? [] : ['the variable for the data source has no label']),
      ...(query === 'prometheus' ? [] : ['the variable for the data source is not about Prometheus']),
    ];
  },
};

/** `service` takes the place of the linter's `job`: the jobs are fixed by our own scrape configuration. */
export const templateService: Rule = {
  name: 'template-service',
  after: 'template-job-rule',
  check: (dashboard) => choice(dashboard, 'service'),
};

export const templateInstance: Rule = {
  name: 'template-instance',
  after: 'template-instance-rule',
  check: (dashboard) => choice(dashboard, 'instance'),
};

function choice(dashboard: DashboardJson, name: string): string[] {
  const variable = named(dashboard, name);
  if (!variable) return [`has no variable ${name}`];
  const { label, multi, includeAll, allValue, datasource } = variable;
  return [
    ...(label ? [] : [`variable ${name} has no label`]),
    ...(multi && includeAll ? [] : [`variable ${name} does not allow several values and all`]),
    ...(allValue === '.+' ? [] : [`all of variable ${name} is not .+`]),
    ...(datasource?.uid === DATASOURCE.uid ? [] : [`variable ${name} does not use the chosen data source`]),
  ];
}

const LABEL_VALUES = /^label_values\((.*),\s*(\w+)\)$/s;

export const templateLabelValues: Rule = {
  name: 'template-label-values',
  after: 'template-label-promql-rule',
  check: (dashboard, knowledge) =>
    labelled(dashboard).flatMap((variable) => {
      const [, selector, label] = LABEL_VALUES.exec(queryOf(variable)) ?? [];
      if (!selector || !label) return [`variable ${variable.name} is no label_values(selector, label)`];
      try {
        const [found] = selectorsIn(parseable(selector));
        const labels = found && labelsOf(knowledge, found.metric);
        if (!labels) return [`variable ${variable.name} asks for ${found?.metric}, which nobody shows`];
        return labels.includes(label) ? [] : [`variable ${variable.name}: ${found.metric} has no label ${label}`];
      } catch (error) {
        return [`variable ${variable.name}: ${(error as Error).message}`];
      }
    }),
};

export const templateReload: Rule = {
  name: 'template-reload',
  after: 'template-on-time-change-reload-rule',
  check: (dashboard) =>
    labelled(dashboard)
      .filter(({ refresh }) => refresh !== ON_TIME_RANGE_CHANGE)
      .map(({ name }) => `variable ${name} is not loaded again when the time range changes`),
};

/** A choice nobody listens to misleads; a name nobody set stays in the query and matches nothing. */
export const templateUsed: Rule = {
  name: 'template-used',
  check: (dashboard) => {
    const declared = new Set(variablesOf(dashboard).map(({ name }) => name));
    const exprs = targetsOf(dashboard).flatMap(({ expr }) => variablesIn(expr));
    const used = new Set([...exprs, ...variablesIn(JSON.stringify(dashboard))]);
    return [
      ...[...used].filter((name) => !declared.has(name)).map((name) => `nobody sets the variable ${name}`),
      ...[...declared].filter((name) => !used.has(name)).map((name) => `nobody uses the variable ${name}`),
    ];
  },
};
