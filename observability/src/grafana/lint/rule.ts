import type { DashboardJson } from './dashboard-json.js';
import type { Knowledge } from './knowledge.js';

/** Checks one thing about one dashboard. */
export interface Rule {
  readonly name: string;
  /** The rule of grafana/dashboard-linter whose idea it is; none: it is of this project. */
  readonly after?: string;
  /** @returns one sentence per violation; each names its panel or variable */
  check(dashboard: DashboardJson, knowledge: Knowledge): string[];
}

/** Where something is, for whoever reads a violation. */
export function at(where: { readonly title?: string; readonly type?: string }): string {
  return `panel "${where.title ?? where.type ?? '?'}"`;
}
