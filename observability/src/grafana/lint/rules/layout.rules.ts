import type { PanelJson } from '../dashboard-json.js';
import { at, type Rule } from '../rule.js';

const COLUMNS = 24;

export const grid: Rule = {
  name: 'grid',
  check: ({ panels = [] }) =>
    panels.flatMap((panel, index) => {
      const { gridPos } = panel;
      if (!gridPos) return [`${at(panel)} has no place`];
      const overflows =
        gridPos.x < 0 || gridPos.y < 0 || gridPos.w < 1 || gridPos.h < 1 || gridPos.x + gridPos.w > COLUMNS;
      const others = panels.slice(index + 1).filter((other) => overlap(panel, other));
      return [
        ...(overflows ? [`${at(panel)} lies outside the ${COLUMNS} columns`] : []),
        ...others.map((other) => `${at(panel)} covers ${at(other)}`),
      ];
    }),
};

function overlap({ gridPos: a }: PanelJson, { gridPos: b }: PanelJson): boolean {
  if (!a || !b) return false;
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
