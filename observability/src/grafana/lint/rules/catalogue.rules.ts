import { labelsOf, lookUp, type Knowledge } from '../knowledge.js';
import { parseable, variablesIn } from '../promql/macros.js';
import { descendants, groupingLabels, parsePromql, type Matcher } from '../promql/parse.js';
import { resultLabels } from '../promql/result-labels.js';
import { at, type Rule } from '../rule.js';
import { targetsOf } from '../dashboard-json.js';
import { selectorsOf } from './target.rules.js';

export const metricKnown: Rule = {
  name: 'metric-known',
  check: (dashboard, knowledge) =>
    selectorsOf(dashboard)
      .filter(({ selector }) => !lookUp(knowledge, selector.metric))
      .map(({ panel, selector }) => `${at(panel)}: nobody shows ${selector.metric || selector.text}`),
};

export const labelKnown: Rule = {
  name: 'label-known',
  check: (dashboard, knowledge) =>
    selectorsOf(dashboard).flatMap(({ panel, selector }) => {
      const labels = labelsOf(knowledge, selector.metric);
      if (!labels) return [];
      return selector.matchers
        .filter(({ label }) => !labels.includes(label))
        .map(({ label }) => `${at(panel)}: ${selector.metric} has no label ${label}`);
    }),
};

/** Only where the catalogue says which values a label can have. */
export const labelValueKnown: Rule = {
  name: 'label-value-known',
  check: (dashboard, knowledge) =>
    selectorsOf(dashboard).flatMap(({ panel, selector }) => {
      const values = lookUp(knowledge, selector.metric)?.metric.values ?? {};
      return selector.matchers
        .filter(({ value }) => variablesIn(value).length === 0)
        .filter(({ label }) => values[label] !== undefined)
        .filter((matcher) => !values[matcher.label]!.some((value) => matches(matcher, value)))
        .map(({ label, op, value }) => `${at(panel)}: no ${label} of ${selector.metric} is ${op}"${value}"`);
    }),
};

function matches({ op, value: wanted }: Matcher, value: string): boolean {
  const equal = op.endsWith('~') ? new RegExp(`^(?:${wanted})$`).test(value) : value === wanted;
  return op.startsWith('!') ? !equal : equal;
}

/** Alternatives of a regular expression are looked at one by one: one that is right hides one that is not. */
export const alternativesKnown: Rule = {
  name: 'alternatives-known',
  check: (dashboard, knowledge) =>
    selectorsOf(dashboard).flatMap(({ panel, selector }) => {
      const values = lookUp(knowledge, selector.metric)?.metric.values ?? {};
      return selector.matchers
        .filter(({ op, value, label }) => op.endsWith('~') && /^[\w-]+(\|[\w-]+)+$/.test(value) && values[label])
        .flatMap(({ label, value }) => value.split('|').map((alternative) => ({ label, alternative })))
        .filter(({ label, alternative }) => !values[label]!.includes(alternative))
        .map(({ label, alternative }) => `${at(panel)}: no ${label} of ${selector.metric} is "${alternative}"`);
    }),
};

export const bucketBound: Rule = {
  name: 'bucket-bound',
  check: (dashboard, knowledge) =>
    selectorsOf(dashboard).flatMap(({ panel, selector }) => {
      const bounds = lookUp(knowledge, selector.metric)?.metric.bounds;
      return selector.matchers
        .filter(({ label, op }) => label === 'le' && op === '=')
        .filter(({ value }) => value !== '+Inf' && !bounds?.includes(Number(value)))
        .map(({ value }) => `${at(panel)}: ${selector.metric} has no bound ${value}`);
    }),
};

/** Groupings and legends may only name labels the series still have at that point. */
export const labelReachesPanel: Rule = {
  name: 'label-reaches-panel',
  check: (dashboard, knowledge) =>
    targetsOf(dashboard).flatMap(({ panel, target, expr }) => {
      const labels = resultOf(expr, knowledge);
      if (!labels) return [];
      const legend = [...(target.legendFormat ?? '').matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label!);
      const linked = JSON.stringify(panel.fieldConfig?.defaults?.links ?? []);
      const fields = [...linked.matchAll(/__field\.labels\.(\w+)/g)].map(([, label]) => label!);
      return [
        ...legend
          .filter((label) => !labels.has(label))
          .map((label) => `${at(panel)}: its legend has no label ${label}`),
        ...fields.filter((label) => !labels.has(label)).map((label) => `${at(panel)}: its link has no label ${label}`),
        ...groupedInVain(expr, knowledge).map((label) => `${at(panel)}: sums by ${label}, which nothing in it has`),
      ];
    }),
};

function resultOf(expr: string, knowledge: Knowledge): Set<string> | undefined {
  try {
    return resultLabels(parseable(expr), (metric) => labelsOf(knowledge, metric));
  } catch {
    return undefined;
  }
}

function groupedInVain(text: string, knowledge: Knowledge): string[] {
  const expr = parseable(text);
  return descendants(parsePromql(expr), 'AggregateExpr').flatMap((node) => {
    const by = node.getChild('AggregateModifier');
    const argument = node.getChild('FunctionCallBody')?.lastChild;
    if (!by?.getChild('By') || !argument) return [];
    const inner = resultLabels(expr.slice(argument.from, argument.to), (metric) => labelsOf(knowledge, metric));
    return groupingLabels(by, expr).filter((label) => !inner.has(label));
  });
}
