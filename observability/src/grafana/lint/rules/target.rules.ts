import { targetsOf, type DashboardJson, type PlacedTarget } from '../dashboard-json.js';
import { lookUp, type Knowledge } from '../knowledge.js';
import { parseable, PARSED_RANGE, PARSED_RATE_INTERVAL } from '../promql/macros.js';
import { parsePromql, selectorsIn, type Selector } from '../promql/parse.js';
import { at, type Rule } from '../rule.js';

/** Every selector of every query that can be parsed; those that cannot are {@link targetPromql}'s. */
export function selectorsOf(dashboard: DashboardJson): (PlacedTarget & { selector: Selector })[] {
  return targetsOf(dashboard).flatMap((placed) => {
    try {
      return selectorsIn(parseable(placed.expr)).map((selector) => ({ ...placed, selector }));
    } catch {
      return [];
    }
  });
}

export const targetPromql: Rule = {
  name: 'target-promql',
  after: 'target-promql-rule',
  check: (dashboard) =>
    targetsOf(dashboard).flatMap(({ panel, expr }) => {
      try {
        parsePromql(parseable(expr));
        return [];
      } catch (error) {
        return [`${at(panel)}: ${(error as Error).message}`];
      }
    }),
};

/** Only what is parsed and executed by our tests may be in a panel; there is no Loki here. */
export const targetLanguage: Rule = {
  name: 'target-language',
  after: 'target-logql-rule, target-logql-auto-rule',
  check: (dashboard) =>
    targetsOf(dashboard)
      .filter(({ target }) => target.datasource?.type !== 'prometheus')
      .map(({ panel, target }) => `${at(panel)}: query ${target.refId} is not for Prometheus`),
};

export const targetRateInterval: Rule = {
  name: 'target-rate-interval',
  after: 'target-rate-interval-rule',
  check: (dashboard) =>
    selectorsOf(dashboard)
      .filter(({ selector: { range } }) => range && range !== PARSED_RATE_INTERVAL && range !== PARSED_RANGE)
      .map(
        ({ panel, selector }) =>
          `${at(panel)}: the range of ${selector.metric} is ${selector.range}, not $__rate_interval`,
      ),
};

const isRule = (knowledge: Knowledge, { metric }: Selector) => lookUp(knowledge, metric)?.metric.type === 'rule';

/** Stricter than its model: the job has to be one that shows the metric. */
export const targetJob: Rule = {
  name: 'target-job',
  after: 'target-job-rule',
  check: (dashboard, knowledge) =>
    selectorsOf(dashboard).flatMap(({ panel, selector }) => {
      const known = lookUp(knowledge, selector.metric);
      if (!known || known.metric.type === 'rule') return [];
      const job = selector.matchers.find(({ label }) => label === 'job');
      if (!job) return [`${at(panel)}: ${selector.metric} of which job?`];
      const { jobs } = known.metric;
      const matched = job.op === '=' ? [job.value] : jobs.filter((name) => new RegExp(`^(?:${job.value})$`).test(name));
      return matched.length > 0 && matched.every((name) => jobs.includes(name))
        ? []
        : [`${at(panel)}: job ${job.value} does not show ${selector.metric}`];
    }),
};

export const targetInstance: Rule = {
  name: 'target-instance',
  after: 'target-instance-rule',
  check: (dashboard, knowledge) =>
    selectorsOf(dashboard)
      .filter(({ selector }) => lookUp(knowledge, selector.metric) && !isRule(knowledge, selector))
      .filter(({ selector }) => !selector.matchers.some(({ label, op }) => label === 'instance' && op === '=~'))
      .map(({ panel, selector }) => `${at(panel)}: ${selector.metric} of which instance?`),
};

const FOR_COUNTERS = ['rate', 'irate', 'increase', 'resets', 'changes'];

export const targetCounter: Rule = {
  name: 'target-counter',
  after: 'target-counter-agg-rule',
  check: (dashboard, knowledge) =>
    selectorsOf(dashboard).flatMap(({ panel, selector }) => {
      const known = lookUp(knowledge, selector.metric);
      if (!known || selector.isNewOnly) return [];
      const counts = known.metric.type === 'counter' || known.part !== undefined;
      const rated = FOR_COUNTERS.includes(selector.within ?? '');
      if (counts && !rated) return [`${at(panel)}: ${selector.metric} only grows; show its rate`];
      if (!counts && known.metric.type === 'gauge' && rated) {
        return [`${at(panel)}: ${selector.metric} goes up and down; ${selector.within} of it means nothing`];
      }
      return [];
    }),
};
