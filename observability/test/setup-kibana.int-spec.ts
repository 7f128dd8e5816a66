import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repoRoot } from '../../compose/native/src/repo.js';
import {
  startElasticsearchSimulator,
  startKibanaSimulator,
  type ElasticsearchSimulator,
  type KibanaSimulator,
  type KibanaSimulatorOptions,
} from '../../test/simulators/index.js';
import { apiDashboardSchema } from '../src/kibana/api-schema.js';
import { runSetup } from '../src/setup/setup.command.js';
import { setupConfig } from '../src/setup/setup.config.js';

const DASHBOARDS = ['audit', 'errors', 'logs', 'prometheus', 'trace', 'work'].map((name) => `mirante-${name}`);

let elasticsearch: ElasticsearchSimulator;
let kibana: KibanaSimulator;
let said: string[];

beforeEach(async () => {
  said = [];
  elasticsearch = await startElasticsearchSimulator();
  await start();
});

afterEach(async () => {
  await kibana.close();
  await elasticsearch.close();
});

async function start(options: KibanaSimulatorOptions = {}): Promise<void> {
  await kibana?.close();
  const checkDashboard = (body: unknown) => {
    const { error } = apiDashboardSchema.safeParse(body);
    return error && z.prettifyError(error);
  };
  kibana = await startKibanaSimulator({ checkDashboard, ...options });
}

function sut(check = false, env: Record<string, string> = {}): Promise<number> {
  const config = setupConfig({
    MIRANTE_ELASTICSEARCH_URL: elasticsearch.url,
    MIRANTE_KIBANA_URL: `${kibana.url}/`,
    MIRANTE_SETUP_WAIT_SECONDS: '5',
    ...env,
  });
  said.length = 0;
  const note = (line: string) => void said.push(line);
  return runSetup({ config, root: repoRoot, say: note, complain: note }, check);
}

const told = () => said.filter((line) => /differs|failed/.test(line));
const kinds = () => [...kibana.objects.keys()].map((key) => key.split(' ')[0]);

describe('setup of Kibana', () => {
  it('should put dashboards over the API of 9.5, and the rest as saved objects', async () => {
    expect(await sut()).toBe(0);
    expect([...kibana.dashboards.keys()].sort()).toEqual(DASHBOARDS);
    expect(kinds()).not.toContain('dashboard');
    expect(kinds().filter((kind) => kind === 'search')).toHaveLength(6);
    expect(kibana.objects.has('visualization mirante-timelion-outbox')).toBe(true);
  });

  it.each(['8.19.2', '9.4.0'])('should put dashboards as saved objects into %s', async (version) => {
    await start({ version });
    expect(await sut()).toBe(0);
    expect(kibana.dashboards.size).toBe(0);
    expect(kinds().filter((kind) => kind === 'dashboard')).toHaveLength(DASHBOARDS.length);
  });

  it.each(['9.5.2', '8.19.2'])('should change nothing the second time (%s)', async (version) => {
    await start({ version });
    await sut();
    kibana.writes.length = 0;
    expect(await sut()).toBe(0);
    expect(await sut(true)).toBe(0);
    expect(kibana.writes).toEqual([]);
  });

  it('should wait until it is available', async () => {
    kibana.fail({ fault: 'unavailable', path: '/api/status' });
    kibana.fail({ fault: 'red', path: '/api/status' });
    expect(await sut()).toBe(0);
  });

  it('should identify itself', async () => {
    await start({ authorization: 'ApiKey aWQ6a2V5' });
    expect(await sut(false, { MIRANTE_ELASTICSEARCH_API_KEY: 'aWQ6a2V5' })).toBe(0);
  });

  it('should tell what Kibana refuses, and go on with the rest', async () => {
    await start({ checkDashboard: ({ title }) => (String(title).includes('audit') ? 'no audits here' : undefined) });
    expect(await sut()).toBe(1);
    expect(told()).toEqual([expect.stringMatching(/failed.*Kibana dashboard mirante-audit: .*400.*no audits here/)]);
    expect(kibana.dashboards.size).toBe(DASHBOARDS.length - 1);
  });
});

describe('setup --check of Kibana', () => {
  it('should name all that is missing', async () => {
    await sut();
    await start();
    expect(await sut(true)).toBe(1);
    expect(told()).toHaveLength(3 + 6 + 2 + DASHBOARDS.length + 1);
    expect(kibana.writes).toEqual([]);
  });

  it('should name what somebody has changed', async () => {
    await sut();
    const logs = kibana.dashboards.get('mirante-logs') as { panels: Array<{ config: { title: string } }> };
    logs.panels[0]!.config.title = 'My lines';
    const search = kibana.objects.get('search mirante-problems') as { attributes: { columns: string[] } };
    search.attributes.columns.pop();
    expect(await sut(true)).toBe(1);
    expect(told().join('\n')).toMatch(
      /dashboard mirante-logs: panels\[0\]\.config\.title is "My lines" instead of "Lines"/,
    );
    expect(told().join('\n')).toMatch(/search mirante-problems: columns has 5 entries instead of 6/);
    expect(await sut()).toBe(0);
    expect(await sut(true)).toBe(0);
  });

  it('should name a panel that was moved or added in 8.x', async () => {
    await start({ version: '8.19.2' });
    await sut();
    const { attributes } = kibana.objects.get('dashboard mirante-logs') as { attributes: { panelsJSON: string } };
    const panels = JSON.parse(attributes.panelsJSON) as Array<{ panelIndex: string; gridData: { x: number } }>;
    panels[0]!.gridData.x = 1;
    panels.push({ panelIndex: 'mine', gridData: { x: 0 } });
    attributes.panelsJSON = JSON.stringify(panels);
    expect(await sut(true)).toBe(1);
    expect(told().join('\n')).toMatch(/dashboard mirante-logs: properties\.lines\.x is 1 instead of 0/);
    expect(told().join('\n')).toMatch(/dashboard mirante-logs: properties\.mine should not be there/);
  });

  it('should bring a rule back that was changed or switched off, and leave its actions alone', async () => {
    await sut();
    const rule = kibana.rules.get('mirante-failure-store') as { params: { timeWindowSize: number }; actions: object[] };
    const action = { id: 'mail', group: 'query matched', params: {} };
    kibana.rules.set('mirante-failure-store', {
      ...rule,
      enabled: false,
      actions: [{ ...action, connector_type_id: '.email' }],
      params: { ...rule.params, timeWindowSize: 99 },
    });
    expect(await sut(true)).toBe(1);
    expect(told().join('\n')).toMatch(/rule mirante-failure-store: params\.timeWindowSize is 99 instead of 10/);
    expect(told().join('\n')).toMatch(/rule mirante-failure-store: enabled is false instead of true/);
    expect(await sut()).toBe(0);
    expect(kibana.rules.get('mirante-failure-store')).toMatchObject({
      enabled: true,
      actions: [action],
      params: { timeWindowSize: 10 },
    });
    expect(await sut(true)).toBe(0);
  });

  it('should not take what a newer Kibana adds for a difference', async () => {
    await sut();
    const search = kibana.objects.get('search mirante-problems') as {
      attributes: object;
      typeMigrationVersion?: string;
    };
    Object.assign(search.attributes, { tabs: [], viewMode: 'documents' });
    search.typeMigrationVersion = '10.5.0';
    expect(await sut(true)).toBe(0);
  });
});
