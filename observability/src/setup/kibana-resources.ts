import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differencesOf } from './compare.js';
import { readDefinitions, type Definition } from './definitions.js';
import type { KibanaClient } from './kibana-client.js';
import { MISSING, type Resource } from './resource.js';
import { comparable, type SavedObject } from './saved-object-view.js';

type Json = Record<string, unknown>;

/** The first version whose Dashboards API is meant for production. */
const FIRST_WITH_API = { major: 9, minor: 5 };

/** Data views, searches and what they draw; dashboards over the API where Kibana has it, else as saved objects. */
export function kibanaResources(
  kibana: KibanaClient,
  { major, minor }: { major: number; minor: number },
  root: string,
): readonly Resource[] {
  const hasApi = major > FIRST_WITH_API.major || (major === FIRST_WITH_API.major && minor >= FIRST_WITH_API.minor);
  const objects = readFileSync(join(root, 'observability/kibana/objects.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SavedObject)
    .filter(({ type }) => !(hasApi && type === 'dashboard'));
  const dashboards = hasApi ? readDefinitions(root, 'kibana/api') : [];
  return [
    ...objects.map((object) => objectResource(kibana, object)),
    ...dashboards.map((dashboard) => dashboardResource(kibana, dashboard)),
    ...readDefinitions(root, 'kibana/rules').map((rule) => ruleResource(kibana, rule)),
  ];
}

function objectResource(kibana: KibanaClient, object: SavedObject): Resource {
  const { type, id } = object;
  return {
    title: `Kibana ${type} ${id}`,
    async differences() {
      const held = await kibana.exportObject(type, id);
      return held ? differencesOf(comparable(object), comparable(held as unknown as SavedObject)) : [MISSING];
    },
    async apply() {
      await kibana.importObjects(`${JSON.stringify(object)}\n`);
    },
  };
}

function dashboardResource(kibana: KibanaClient, { name, body }: Definition): Resource {
  const path = `/api/dashboards/${name}`;
  return {
    title: `Kibana dashboard ${name}`,
    async differences() {
      const held = await kibana.get(path);
      return held ? differencesOf(body, held['data'] ?? held) : [MISSING];
    },
    async apply() {
      await kibana.put(path, body);
    },
  };
}

/** Actions are the operator's; what a rule is and whose it is can only be said when it is made. */
function ruleResource(kibana: KibanaClient, { name, body }: Definition): Resource {
  const path = `/api/alerting/rule/${name}`;
  const { actions, rule_type_id: type, consumer, enabled, ...changeable } = body;
  return {
    title: `Kibana rule ${name}`,
    async differences() {
      const held = await kibana.get(path);
      return held ? differencesOf({ ...changeable, rule_type_id: type, enabled }, held) : [MISSING];
    },
    async apply() {
      const held = await kibana.get(path);
      if (!held) {
        await kibana.post(path, { ...changeable, rule_type_id: type, consumer, enabled, actions });
        return;
      }
      await kibana.put(path, { ...changeable, actions: sendable(held['actions'] ?? actions) });
      if (held['enabled'] !== enabled) await kibana.post(`${path}/_enable`, {});
    },
  };
}

/** Kibana tells the kind of an action's connector, and refuses to be told. */
function sendable(actions: unknown): unknown[] {
  return (actions as Json[]).map(({ connector_type_id: _kind, ...action }) => action);
}
