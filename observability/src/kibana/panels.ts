import { lines, TIME } from './esql.js';
import type { ChartPanel, Column, PanelBase, TablePanel } from './model.js';

/** The axis of charts whose query ends with `BY ${TIME}`. */
export const OVER_TIME = { x: { name: TIME, label: 'time' }, overTime: true } as const;

/** Lines counted over time, stacked by one of their fields. */
export function countOverTime({
  commands,
  count,
  by,
  ...panel
}: PanelBase & { commands: readonly string[]; count: string; by: string }): ChartPanel {
  return {
    kind: 'chart',
    ...panel,
    query: lines(...commands, `STATS ${count} = COUNT(*) BY ${TIME}, ${by}`),
    shape: 'bar_stacked',
    ...OVER_TIME,
    y: [{ name: count }],
    splitBy: by,
  };
}

/** The most frequent kinds of lines, with the newest time and one trace of each. */
export function kindsOfLines({
  where,
  rows,
  ...panel
}: PanelBase & { where: string; rows: readonly Column[] }): TablePanel {
  return {
    kind: 'table',
    ...panel,
    query: lines(
      where,
      `STATS times = COUNT(*), last_seen = MAX(@timestamp), example = MAX(trace.id) BY ${rows.map(({ name }) => name).join(', ')}`,
      'SORT times DESC',
      'LIMIT 50',
    ),
    rows,
    values: [
      { name: 'times' },
      { name: 'last_seen', label: 'last seen', type: 'date' },
      { name: 'example', label: 'a trace', type: 'string' },
    ],
  };
}
