import { IN_LINKS_AND_LAYOUT } from './links.js';
import { IN_DASHBOARDS_AND_PANELS } from './panels.js';
import type { Planted } from './plant.js';
import { IN_QUERIES } from './queries.js';

/** At least one for every rule. */
export const PLANTED: readonly Planted[] = [...IN_DASHBOARDS_AND_PANELS, ...IN_QUERIES, ...IN_LINKS_AND_LAYOUT];
