import { LOG_VIEW } from '../data-views.js';
import { lines } from '../esql.js';
import type { Dashboard } from '../model.js';
import { countOverTime, kindsOfLines } from '../panels.js';

export const workDashboard: Dashboard = {
  id: 'mirante-work',
  title: 'Mirante: ingest and jobs',
  description: 'Captures, imports, roll-ups and jobs: what began, what ended, what was given up.',
  from: 'now-24h',
  controls: [
    { field: 'service.name', title: 'Service', dataView: LOG_VIEW },
    { field: 'event.action', title: 'Action', dataView: LOG_VIEW },
  ],
  panels: [
    {
      kind: 'metric',
      id: 'gaps',
      title: 'Gaps in captures',
      description: 'Stretches of time of which posts are missing for good.',
      grid: { x: 0, y: 0, w: 12, h: 6 },
      query: lines('WHERE event.action == "capture-gap"', 'STATS gaps = COUNT(*)'),
      value: { name: 'gaps', label: 'gaps' },
    },
    {
      kind: 'metric',
      id: 'failed-imports',
      title: 'Imports that failed',
      description: 'Files that could not be read to their end; the line says why.',
      grid: { x: 12, y: 0, w: 12, h: 6 },
      query: lines('WHERE event.action == "import-failed"', 'STATS imports = COUNT(*)'),
      value: { name: 'imports', label: 'imports' },
    },
    {
      kind: 'metric',
      id: 'parked',
      title: 'Messages parked',
      description: 'Work nobody could do; npm run parking -- list shows it.',
      grid: { x: 24, y: 0, w: 12, h: 6 },
      query: lines('WHERE event.action == "messaging.park"', 'STATS parked = COUNT(*)'),
      value: { name: 'parked', label: 'messages' },
    },
    {
      kind: 'metric',
      id: 'halted',
      title: 'Sources halted',
      description: 'A source refused our credential or our budget; nothing is captured from it.',
      grid: { x: 36, y: 0, w: 12, h: 6 },
      query: lines('WHERE event.action == "upstream-halt"', 'STATS halts = COUNT(*)'),
      value: { name: 'halts', label: 'halts' },
    },
    countOverTime({
      id: 'life',
      title: 'What happened in the background',
      description: 'Beginnings, ends and changes of captures, streams, imports and jobs.',
      grid: { x: 0, y: 6, w: 48, h: 14 },
      commands: ['WHERE event.action RLIKE "(capture|import|stream|upstream|rollup|job)-.*"'],
      count: 'times',
      by: 'event.action',
    }),
    kindsOfLines({
      id: 'failures',
      title: 'What failed',
      description: 'Failures of work in the background by kind, with a trace of each.',
      grid: { x: 0, y: 20, w: 48, h: 14 },
      where: 'WHERE event.outcome == "failure" AND event.action != "http-request" AND event.action != "http-refusal"',
      rows: [
        { name: 'service.name', label: 'service' },
        { name: 'event.action', label: 'action' },
        { name: 'error.code', label: 'code' },
      ],
    }),
    {
      kind: 'search',
      id: 'lines',
      title: 'The lines',
      description: 'Everything about captures, imports and jobs.',
      grid: { x: 0, y: 34, w: 48, h: 18 },
      search: 'mirante-work',
    },
  ],
};
