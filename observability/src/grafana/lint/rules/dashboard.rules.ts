import { variablesOf } from '../dashboard-json.js';
import type { Rule } from '../rule.js';

/** Dashboards are changed where they are checked, not in Grafana. */
export const uneditable: Rule = {
  name: 'uneditable',
  after: 'uneditable-dashboard',
  check: ({ editable }) => (editable === false ? [] : ['can be edited']),
};

export const describedDashboard: Rule = {
  name: 'described-dashboard',
  check: ({ title, description, tags = [], refresh }) => [
    ...(title ? [] : ['has no title']),
    ...(description ? [] : ['has no description']),
    ...(tags.includes('mirante') ? [] : ['has no tag mirante, so the list of dashboards leaves it out']),
    ...(refresh ? [] : ['does not refresh']),
  ],
};

export const ids: Rule = {
  name: 'ids',
  check: ({ panels = [] }) => {
    const seen = new Set<number>();
    return panels.flatMap(({ id, title, targets = [] }) => {
      const problems: string[] = [];
      if (!id) problems.push(`panel "${title}" has no id`);
      else if (seen.has(id)) problems.push(`panel "${title}" has the id ${id} of another one`);
      if (id) seen.add(id);
      const refs = targets.map(({ refId }) => refId);
      if (refs.some((ref) => !ref)) problems.push(`panel "${title}" has a query without a name`);
      if (new Set(refs).size < refs.length) problems.push(`panel "${title}" has two queries of the same name`);
      return problems;
    });
  },
};

export const titlesDiffer: Rule = {
  name: 'titles-differ',
  check: ({ panels = [] }) => {
    const problems: string[] = [];
    let row = '';
    const seen = new Set<string>();
    for (const { type, title = '' } of panels) {
      if (type === 'row') row = title;
      const key = `${row} / ${title}`;
      if (type !== 'row' && seen.has(key)) problems.push(`two panels are called "${key}"`);
      seen.add(key);
    }
    return problems;
  },
};

/** The names of variables are those others link with. */
export const variablesOnce: Rule = {
  name: 'variables-once',
  check: (dashboard) => {
    const names = variablesOf(dashboard).map(({ name }) => name);
    return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `has two variables ${name}`);
  },
};
