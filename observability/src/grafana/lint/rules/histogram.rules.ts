import { targetsOf } from '../dashboard-json.js';
import { lookUp } from '../knowledge.js';
import { parseable } from '../promql/macros.js';
import { descendants, groupingLabels, parsePromql, selectorsIn, textOf } from '../promql/parse.js';
import { at, type Rule } from '../rule.js';

/** Without `le` there are no buckets to take a quantile of. */
export const quantileOfBuckets: Rule = {
  name: 'quantile-of-buckets',
  check: (dashboard, knowledge) =>
    targetsOf(dashboard).flatMap(({ panel, expr: text }) =>
      quantilesIn(text).flatMap(({ argument, groupings }) => {
        const series = selectorsIn(argument);
        const noBuckets = series.filter(({ metric }) => lookUp(knowledge, metric)?.part !== 'bucket');
        return [
          ...noBuckets.map(({ metric }) => `${at(panel)}: takes a quantile of ${metric}, which has no buckets`),
          ...(groupings.every((labels) => labels.includes('le')) ? [] : [`${at(panel)}: sums buckets without le`]),
        ];
      }),
    ),
};

/** A latency is where one wants to see a single request. */
export const exemplarsOnLatencies: Rule = {
  name: 'exemplars-on-latencies',
  check: (dashboard, knowledge) => {
    const problems: string[] = [];
    const panels = new Map(targetsOf(dashboard).map(({ panel }) => [panel, false]));
    for (const { panel, target, expr } of targetsOf(dashboard)) {
      const quantile = quantilesIn(expr).length > 0;
      if (target.exemplar && !isTraced(expr, knowledge))
        problems.push(`${at(panel)}: query ${target.refId} has no exemplars to show`);
      if (target.exemplar && quantile) panels.set(panel, true);
    }
    for (const [panel, shown] of panels) {
      const withTraces = (panel.targets ?? []).some(({ expr = '' }) => isTraced(expr, knowledge));
      if (withTraces && panel.type === 'timeseries' && !shown) problems.push(`${at(panel)} shows no exemplars`);
    }
    return problems;
  },
};

/** Latencies of requests, messages and jobs carry the trace; those of others, and of loops, do not. */
function isTraced(expr: string, knowledge: Parameters<typeof lookUp>[0]): boolean {
  return quantilesIn(expr).some(({ argument }) =>
    selectorsIn(argument).some(({ metric }) => lookUp(knowledge, metric)?.metric.hasExemplars),
  );
}

function quantilesIn(text: string): { argument: string; groupings: string[][] }[] {
  const expr = parseable(text);
  try {
    return descendants(parsePromql(expr), 'FunctionCall')
      .filter((node) => textOf(node.getChild('FunctionIdentifier')!, expr) === 'histogram_quantile')
      .map((node) => {
        const argument = node.getChild('FunctionCallBody')!.lastChild!;
        const modifiers = descendants(argument, 'AggregateModifier').filter((modifier) => modifier.getChild('By'));
        return {
          argument: textOf(argument, expr),
          groupings: modifiers.map((modifier) => groupingLabels(modifier, expr)),
        };
      });
  } catch {
    return [];
  }
}
