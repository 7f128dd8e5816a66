import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repoRoot } from '../../compose/native/src/repo.js';
import {
  startElasticsearchSimulator,
  type ElasticsearchSimulator,
  type ElasticsearchSimulatorOptions,
} from '../../test/simulators/index.js';
import { elasticsearchClient } from '../src/setup/elasticsearch-client.js';
import { runSetup } from '../src/setup/setup.command.js';
import { setupConfig } from '../src/setup/setup.config.js';

let elasticsearch: ElasticsearchSimulator;
let said: string[];

const start = async (options?: ElasticsearchSimulatorOptions) => {
  await elasticsearch?.close();
  elasticsearch = await startElasticsearchSimulator(options);
};

beforeEach(async () => {
  said = [];
  await start();
});

afterEach(() => elasticsearch.close());

function sut(options: { check?: boolean; waitSeconds?: number; apiKey?: string } = {}): Promise<number> {
  const config = setupConfig({
    MIRANTE_ELASTICSEARCH_URL: elasticsearch.url,
    MIRANTE_ELASTICSEARCH_API_KEY: options.apiKey,
    MIRANTE_SETUP_WAIT_SECONDS: String(options.waitSeconds ?? 5),
  });
  said.length = 0;
  const note = (line: string) => void said.push(line);
  return runSetup({ config, root: repoRoot, say: note, complain: note }, options.check ?? false);
}

const writes = () => elasticsearch.seen.filter(({ method, path }) => method !== 'GET' && !path.endsWith('_simulate'));
const told = () => said.filter((line) => /differs|failed/.test(line));

describe('setup', () => {
  it('should put everything in place on an empty cluster', async () => {
    expect(await sut()).toBe(0);
    expect(said.at(-1)).toBe('all is in place');
    const { cluster } = elasticsearch;
    expect([...cluster.templates.keys()].sort()).toEqual(['mirante-logs', 'mirante-posts']);
    expect(cluster.find('logs-mirante.app-default')?.failures).toEqual([]);
    expect(cluster.aliases.get('mirante-posts')).toBe('mirante-posts-v1');
    expect(cluster.lifecycles.has('mirante-logs')).toBe(true);
  });

  it('should write nothing when all is in place', async () => {
    await sut();
    elasticsearch.seen.length = 0;
    expect(await sut()).toBe(0);
    expect(writes()).toEqual([]);
  });

  it('should speak the compatible dialect of version 8 to a server of version 9', async () => {
    await sut();
    const types = new Set(writes().flatMap(({ contentType }) => contentType ?? []));
    expect([...types]).toEqual(['application/vnd.elasticsearch+json; compatible-with=8']);
  });

  it('should wait for a cluster that comes late', async () => {
    elasticsearch.fail({ fault: 'away', times: 1 });
    elasticsearch.fail({ fault: 'red', path: '_cluster/health', times: 1 });
    expect(await sut()).toBe(0);
  });

  it('should give up on a cluster that never comes, and say why', async () => {
    elasticsearch.fail({ fault: 'red', path: '_cluster/health', times: 1_000 });
    await expect(sut({ waitSeconds: 0 })).rejects.toThrow('Elasticsearch is not ready after 0 s: the cluster is red');
  });

  it('should identify itself with the API key', async () => {
    await start({ apiKey: 'c2VjcmV0' });
    expect(await sut({ apiKey: 'c2VjcmV0' })).toBe(0);
    await expect(sut({ waitSeconds: 0 })).rejects.toThrow('security_exception');
  });
});

describe('setup --check', () => {
  beforeEach(async () => {
    await sut();
    elasticsearch.seen.length = 0;
  });

  it('should be content with what the set-up has put, and change nothing', async () => {
    expect(await sut({ check: true })).toBe(0);
    expect(writes()).toEqual([]);
  });

  it('should name everything that is missing on an empty cluster', async () => {
    await start();
    expect(await sut({ check: true })).toBe(1);
    expect(told()).toHaveLength(8);
    expect(told().every((line) => line.endsWith('is missing'))).toBe(true);
    expect(writes()).toEqual([]);
  });

  const drifts: ReadonlyArray<[what: string, drift: (sim: ElasticsearchSimulator) => void, told: RegExp]> = [
    [
      'a longer life of the logs',
      ({ cluster }) => {
        const policy = cluster.lifecycles.get('mirante-logs') as never as {
          policy: { phases: { delete: { min_age: string } } };
        };
        policy.policy.phases.delete.min_age = '90d';
      },
      /lifecycle mirante-logs: policy\.phases\.delete\.min_age is "90d" instead of "14d"/,
    ],
    [
      'a life without end',
      ({ cluster }) => {
        const policy = cluster.lifecycles.get('mirante-logs') as never as { policy: { phases: { delete?: object } } };
        delete policy.policy.phases.delete;
      },
      /lifecycle mirante-logs: policy\.phases\.delete is/,
    ],
    [
      'a processor that was taken out',
      ({ cluster }) => void cluster.pipelines.get('mirante-logs')!.processors.splice(1, 1),
      /ingest pipeline mirante-logs: processors has \d+ entries instead of \d+/,
    ],
    [
      'another setting',
      ({ cluster }) => {
        const { template } = cluster.components.get('mirante-logs@settings')!;
        (template['settings'] as { index: { default_pipeline: string } }).index.default_pipeline = '_none';
      },
      /component template mirante-logs@settings: template\.settings\.index\.default_pipeline is "_none"/,
    ],
    [
      'a field with another type',
      ({ cluster }) => {
        const { template } = cluster.components.get('mirante-logs@mappings')!;
        (template['mappings'] as { properties: { trace: object } }).properties.trace = {
          properties: { id: { type: 'text' } },
        };
      },
      /component template mirante-logs@mappings: .*trace\.properties\.id\.type is "text" instead of "keyword"/,
    ],
    [
      'a field that nobody has declared',
      ({ cluster }) => {
        const { template } = cluster.components.get('mirante-logs@mappings')!;
        (template['mappings'] as { properties: Record<string, object> }).properties['mine'] = { type: 'keyword' };
      },
      /component template mirante-logs@mappings: .*properties\.mine should not be there/,
    ],
    [
      'a priority that lets another template win',
      ({ cluster }) => {
        cluster.templates.get('mirante-logs')!.priority = 90;
      },
      /index template mirante-logs: priority is 90 instead of 250/,
    ],
    [
      'a data stream without its failure store',
      ({ cluster }) => {
        const template = cluster.templates.get('mirante-logs')!.template as {
          data_stream_options: { failure_store: { enabled: boolean } };
        };
        template.data_stream_options.failure_store.enabled = false;
      },
      /failure_store\.enabled is false instead of true/,
    ],
    [
      'an alias that is gone',
      ({ cluster }) => void cluster.aliases.delete('mirante-posts'),
      /index mirante-posts-v1: the alias mirante-posts is missing/,
    ],
  ];

  it.each(drifts)('should exit with 1 and name %s', async (_what, drift, expected) => {
    drift(elasticsearch);
    expect(await sut({ check: true })).toBe(1);
    expect(told().join('\n')).toMatch(expected);
    expect(writes()).toEqual([]);
  });

  it('should find what the next set-up repairs', async () => {
    for (const [, drift] of drifts.slice(0, -1)) drift(elasticsearch);
    expect(await sut()).toBe(0);
    expect(await sut({ check: true })).toBe(0);
  });
});

describe('the log stream', () => {
  beforeEach(() => sut());

  const write = async (lines: readonly object[]) => {
    const client = elasticsearchClient(setupConfig({ MIRANTE_ELASTICSEARCH_URL: elasticsearch.url }));
    const operations = lines.flatMap((line) => [{ create: {} }, line]);
    const answer = await client.bulk({ index: 'logs-mirante.app-default', operations });
    await client.close();
    return answer;
  };
  const line = (fields: object) => ({ '@timestamp': '2026-11-20T10:00:00.000Z', message: 'm', ...fields });
  const stored = () => [...elasticsearch.documents('logs-mirante.app-default').values()];

  it('should take every type of label as a keyword', async () => {
    await write([
      line({ labels: { items: 3 } }),
      line({ labels: { items: 'three' } }),
      line({ labels: { items: true } }),
    ]);
    expect(stored()).toHaveLength(3);
    expect(elasticsearch.cluster.find('logs-mirante.app-default')!.mappings.properties!['labels']!.properties).toEqual({
      items: { type: 'keyword', ignore_above: 1_024 },
    });
  });

  it('should add no field for what is not in the catalogue', async () => {
    const before = structuredClone(elasticsearch.cluster.find('logs-mirante.app-default')!.mappings);
    await write([line({ kubernetes: { pod: { name: 'p' } }, surprise: 1 })]);
    expect(stored()).toHaveLength(1);
    expect(elasticsearch.cluster.find('logs-mirante.app-default')!.mappings.properties!['surprise']).toBeUndefined();
    expect(Object.keys(before.properties!)).toEqual(
      Object.keys(elasticsearch.cluster.find('logs-mirante.app-default')!.mappings.properties!),
    );
  });

  it('should keep a line with an unreadable number, and put one with an object for a keyword aside', async () => {
    await write([line({ http: { response: { status_code: 'many' } } }), line({ trace: { id: { a: 1 } } })]);
    expect(stored()).toHaveLength(1);
    const { failures } = elasticsearch.cluster.find('logs-mirante.app-default')!;
    expect(failures).toMatchObject([{ error: { type: 'document_parsing_exception' } }]);
  });

  it('should store a line that is sent twice once', async () => {
    const client = elasticsearchClient(setupConfig({ MIRANTE_ELASTICSEARCH_URL: elasticsearch.url }));
    const operations = [{ create: { _id: 'e1' } }, line({}), { create: { _id: 'e1' } }, line({})];
    const answer = await client.bulk({ index: 'logs-mirante.app-default', operations });
    await client.close();
    expect(answer.items.map(({ create }) => create?.status)).toEqual([201, 409]);
    expect(stored()).toHaveLength(1);
  });
});
