import type { DashboardJson } from './dashboard-json.js';
import type { Knowledge } from './knowledge.js';
import type { Rule } from './rule.js';
import * as catalogue from './rules/catalogue.rules.js';
import * as dashboards from './rules/dashboard.rules.js';
import * as histograms from './rules/histogram.rules.js';
import * as layout from './rules/layout.rules.js';
import * as links from './rules/link.rules.js';
import * as panels from './rules/panel.rules.js';
import * as targets from './rules/target.rules.js';
import * as templates from './rules/template.rules.js';

/** All rules; there is no way to leave one out for a panel. */
export const RULES: readonly Rule[] = [dashboards, templates, panels, targets, catalogue, histograms, links, layout]
  .flatMap((group) => Object.values(group))
  .filter((member): member is Rule => typeof member === 'object');

export interface Finding {
  readonly rule: string;
  readonly dashboard: string;
  readonly problem: string;
}

export function lint(dashboard: DashboardJson, knowledge: Knowledge): Finding[] {
  return RULES.flatMap((rule) =>
    rule.check(dashboard, knowledge).map((problem) => ({ rule: rule.name, dashboard: dashboard.uid, problem })),
  );
}
