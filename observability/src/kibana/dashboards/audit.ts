import { LOG_VIEW } from '../data-views.js';
import { lines } from '../esql.js';
import type { Dashboard } from '../model.js';
import { countOverTime } from '../panels.js';

const REFUSED = 'WHERE event.action IN ("access-refused", "http-refusal")';
const ACCESS = 'WHERE event.action == "access-refused"';

export const auditDashboard: Dashboard = {
  id: 'mirante-audit',
  title: 'Mirante: audit of refusals',
  description:
    'Who was turned away and why: bad keys, missing scopes, limits, bad requests. Addresses are shortened to their network.',
  from: 'now-24h',
  controls: [
    { field: 'event.reason', title: 'Reason', dataView: LOG_VIEW },
    { field: 'labels.key_id', title: 'Key', dataView: LOG_VIEW },
    { field: 'client.ip', title: 'Network', dataView: LOG_VIEW },
  ],
  panels: [
    {
      kind: 'metric',
      id: 'refused',
      title: 'Refusals',
      description: 'All of them. Floods are counted in full in the metric of refused requests, and logged in part.',
      grid: { x: 0, y: 0, w: 16, h: 6 },
      query: lines(REFUSED, 'STATS refusals = COUNT(*)'),
      value: { name: 'refusals', label: 'refusals' },
    },
    {
      kind: 'metric',
      id: 'keys',
      title: 'Keys turned away',
      description: 'Different keys among them. Many from one network: somebody tries keys.',
      grid: { x: 16, y: 0, w: 16, h: 6 },
      query: lines(ACCESS, 'STATS keys = COUNT_DISTINCT(labels.key_id)'),
      value: { name: 'keys', label: 'keys' },
    },
    {
      kind: 'metric',
      id: 'networks',
      title: 'Networks turned away',
      description: 'Different networks among the callers.',
      grid: { x: 32, y: 0, w: 16, h: 6 },
      query: lines(ACCESS, 'STATS networks = COUNT_DISTINCT(client.ip)'),
      value: { name: 'networks', label: 'networks' },
    },
    countOverTime({
      id: 'by-reason',
      title: 'Access refused, by reason',
      description: 'A step up right after a release is a client that was forgotten.',
      grid: { x: 0, y: 6, w: 24, h: 14 },
      commands: [ACCESS],
      count: 'refusals',
      by: 'event.reason',
    }),
    countOverTime({
      id: 'by-code',
      title: 'Requests refused, by code',
      description: 'What callers do wrong.',
      grid: { x: 24, y: 6, w: 24, h: 14 },
      commands: [REFUSED],
      count: 'refusals',
      by: 'labels.code',
    }),
    {
      kind: 'table',
      id: 'who',
      title: 'Who',
      description: 'Networks and keys by how often they were turned away.',
      grid: { x: 0, y: 20, w: 48, h: 14 },
      query: lines(
        ACCESS,
        'STATS refusals = COUNT(*), last_seen = MAX(@timestamp) BY client.ip, labels.key_id, event.reason',
        'SORT refusals DESC',
        'LIMIT 50',
      ),
      rows: [
        { name: 'client.ip', label: 'network' },
        { name: 'labels.key_id', label: 'key' },
        { name: 'event.reason', label: 'reason' },
      ],
      values: [{ name: 'refusals' }, { name: 'last_seen', label: 'last seen', type: 'date' }],
    },
    {
      kind: 'search',
      id: 'lines',
      title: 'Each refusal',
      description: 'The lines themselves.',
      grid: { x: 0, y: 34, w: 48, h: 16 },
      search: 'mirante-refusals',
    },
  ],
};
