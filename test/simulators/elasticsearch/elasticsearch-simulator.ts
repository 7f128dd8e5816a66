import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen, sendJson } from '../common/http.js';
import { Cluster, type BulkItem, type Index } from './cluster.js';
import { Refusal, type ElasticsearchFault, type Json, type SeenRequest } from './contract.js';
import { FaultPlan } from './fault-plan.js';
import type { Pipeline } from './pipeline.js';
import { search, type SearchRequest } from './search.js';
import { matchesPattern, valueAt } from './values.js';

export interface ElasticsearchSimulatorOptions {
  version?: string;
  port?: number;
  /** Requests need `Authorization: ApiKey <this>`. */
  apiKey?: string;
}

export interface ElasticsearchSimulator {
  readonly url: string;
  readonly cluster: Cluster;
  readonly seen: SeenRequest[];
  fail(fault: ElasticsearchFault): void;
  /** Ends all faults. */
  forgive(): void;
  /** Documents of an index, alias or data stream, by id. */
  documents(name: string): Map<string, Json>;
  close(): Promise<void>;
}

type Answer = [status: number, body: Json];

/**
 * A stand-in of Elasticsearch: the requests of our set-up, of Filebeat's output and of the search of posts, over HTTP, in memory.
 * It knows the rules our files depend on (templates by pattern and priority, mapping conflicts, data streams and their failure
 * store, external versions, a handful of processors and queries) and refuses everything else. It proves that our requests are
 * what we think they are; it proves nothing about Elasticsearch.
 */
export async function startElasticsearchSimulator({
  version = '9.5.2',
  port = 0,
  apiKey,
}: ElasticsearchSimulatorOptions = {}): Promise<ElasticsearchSimulator> {
  const cluster = new Cluster();
  const seen: SeenRequest[] = [];
  const faults = new FaultPlan();

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const text = await bodyOf(request);
    const { pathname, searchParams } = new URL(request.url!, 'http://elasticsearch');
    const path = decodeURIComponent(pathname);
    const method = request.method ?? 'GET';
    const { authorization, 'content-type': contentType } = request.headers;
    seen.push({ method, path, contentType, authorization });
    const fault = faults.take(path);
    if (fault === 'away') return void request.socket.destroy();
    const [status, body] = answer({ method, path, query: searchParams, text, authorization, fault });
    if (fault === 'lost') return void request.socket.destroy();
    // The official client refuses to talk to anything that does not say this.
    sendJson(response, status, method === 'HEAD' ? {} : body, { 'x-elastic-product': 'Elasticsearch' });
  };

  const answer = (asked: Asked & { authorization: string | undefined; fault: string | undefined }): Answer => {
    try {
      if (apiKey !== undefined && asked.authorization !== `ApiKey ${apiKey}`) {
        throw new Refusal(401, 'security_exception', 'missing or wrong API key');
      }
      if (asked.fault === 'unavailable') throw new Refusal(503, 'cluster_block_exception', 'state not recovered');
      if (asked.fault === 'broken') throw new Refusal(500, 'translog_exception', 'no space left on device');
      if (asked.fault === 'too-many-requests')
        throw new Refusal(429, 'es_rejected_execution_exception', 'rejected execution');
      return route(cluster, asked, version);
    } catch (error) {
      if (error instanceof Refusal) return [error.status, error.body];
      throw error;
    }
  };

  const server = await listen(handle, port);
  return {
    url: server.url,
    cluster,
    seen,
    fail: (fault) => faults.add(fault),
    forgive: () => faults.clear(),
    documents: (name) => new Map([...(cluster.find(name)?.documents ?? [])].map(([id, { source }]) => [id, source])),
    close: server.close,
  };
}

interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  text: string;
  fault?: string | undefined;
}

function route(cluster: Cluster, asked: Asked, version: string): Answer {
  const { method, path } = asked;
  if (path === '/') return [200, { name: 'stand-in', version: { number: version }, tagline: 'You Know, for Search' }];
  if (path === '/_cluster/health') return [200, { status: asked.fault === 'red' ? 'red' : 'yellow', timed_out: false }];
  if (path.endsWith('/_bulk') && method === 'POST') return bulk(cluster, asked);
  for (const [pattern, handler] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return handler(cluster, asked, decodeURIComponent(found[1] ?? ''));
  }
  throw new Refusal(400, 'illegal_argument_exception', `the stand-in does not know ${method} ${path}`);
}

const ACKNOWLEDGED: Answer = [200, { acknowledged: true }];

type Handler = (cluster: Cluster, asked: Asked, name: string) => Answer;

const ROUTES: readonly (readonly [RegExp, Handler])[] = [
  [
    /^\/_ilm\/policy\/([^/]+)$/,
    (cluster, { method, text }, name) => {
      if (method === 'PUT') return (cluster.lifecycles.set(name, parse(text)), ACKNOWLEDGED);
      return [200, { [name]: { version: 1, modified_date: 'x', ...known(cluster.lifecycles, name) } }];
    },
  ],
  [
    /^\/_ingest\/pipeline\/([^/]+)\/_simulate$/,
    (cluster, { text }, name) => [
      200,
      cluster.simulate(known(cluster.pipelines, name), parse(text)['docs'] as Array<{ _source: Json }>),
    ],
  ],
  [
    /^\/_ingest\/pipeline\/([^/]+)$/,
    (cluster, { method, text }, name) => {
      if (method === 'PUT') return (cluster.putPipeline(name, parse(text) as unknown as Pipeline & Json), ACKNOWLEDGED);
      return [200, { [name]: known(cluster.pipelines, name) }];
    },
  ],
  [
    /^\/_component_template\/([^/]+)$/,
    (cluster, { method, text }, name) => {
      if (method === 'PUT') return (cluster.putComponent(name, parse(text)), ACKNOWLEDGED);
      return [200, { component_templates: [{ name, component_template: known(cluster.components, name) }] }];
    },
  ],
  [
    /^\/_index_template\/([^/]+)$/,
    (cluster, { method, text }, name) => {
      if (method === 'PUT') return (cluster.putTemplate(name, parse(text) as never), ACKNOWLEDGED);
      return [200, { index_templates: [{ name, index_template: known(cluster.templates, name) }] }];
    },
  ],
  [
    /^\/_data_stream\/([^/]+)$/,
    (cluster, { method }, name) => {
      if (method === 'PUT') return (cluster.create(name, true), ACKNOWLEDGED);
      const stream = indexNamed(cluster, name);
      return [
        200,
        { data_streams: [{ name, generation: stream.generation, failure_store: { enabled: !!stream.failures } }] },
      ];
    },
  ],
  [
    /^\/([^/_][^/]*)\/_rollover$/,
    (cluster, { query }, name) => {
      const stream = indexNamed(cluster, name);
      if (query.get('lazy') === 'true') stream.rolloverDue = true;
      else cluster.rollOver(stream);
      return ACKNOWLEDGED;
    },
  ],
  [
    /^\/([^/_][^/]*)\/_mapping$/,
    (cluster, _asked, name) => {
      const index = indexNamed(cluster, name);
      return [200, { [index.name]: { mappings: index.mappings } }];
    },
  ],
  [
    /^\/([^/_][^/]*)\/_refresh$/,
    (cluster, _asked, name) => (indexNamed(cluster, name), [200, { _shards: { failed: 0 } }]),
  ],
  [
    /^\/([^/_][^/]*)\/_search$/,
    (cluster, { text }, name) => {
      const indices = [...cluster.indices.values()].filter((index) => matchesPattern(name, index.name));
      const index = cluster.find(name) ?? indices[0] ?? indexNamed(cluster, name);
      return [200, search(index.documents.values(), parse(text) as SearchRequest, index.name)];
    },
  ],
  [
    /^\/([^/_][^/]*)$/,
    (cluster, { method }, name) => {
      if (method === 'PUT') return (cluster.create(name, false), ACKNOWLEDGED);
      const index = indexNamed(cluster, name);
      const aliases = [...cluster.aliases].filter(([, target]) => target === index.name).map(([alias]) => [alias, {}]);
      if (method === 'DELETE') {
        cluster.indices.delete(index.name);
        for (const [alias] of aliases) cluster.aliases.delete(String(alias));
        return ACKNOWLEDGED;
      }
      return [
        200,
        {
          [index.name]: {
            aliases: Object.fromEntries(aliases) as Json,
            mappings: index.mappings,
            settings: index.settings,
          },
        },
      ];
    },
  ],
];

function bulk(cluster: Cluster, { path, query, text, fault }: Asked): Answer {
  if (!text.endsWith('\n')) throw new Refusal(400, 'illegal_argument_exception', 'The bulk request must be terminated by a newline [\\n]'); // prettier-ignore
  const defaultIndex = path === '/_bulk' ? undefined : path.slice(1, -'/_bulk'.length);
  const lines = text.split('\n').slice(0, -1);
  const items: Json[] = [];
  for (let at = 0; at < lines.length;) {
    const [action, meta] = Object.entries(parse(lines[at++]!))[0] as [BulkItem['action'], Json];
    const source = action === 'delete' ? undefined : parse(lines[at++]!);
    const rejected = fault === 'rejects-items' && items.length % 2 === 1;
    items.push(
      rejected
        ? {
            [action]: {
              _id: meta['_id'],
              status: 429,
              error: { type: 'es_rejected_execution_exception', reason: 'busy' },
            },
          }
        : cluster.apply({ action, meta, source }, defaultIndex, query.get('require_alias') === 'true'),
    );
  }
  const errors = items.some((item) => valueAt(Object.values(item)[0] as Json, 'error') !== undefined);
  return [200, { took: 1, errors, items }];
}

function indexNamed(cluster: Cluster, name: string): Index {
  const index = cluster.find(name);
  if (!index) throw new Refusal(404, 'index_not_found_exception', `no such index [${name}]`);
  return index;
}

function known<T>(objects: ReadonlyMap<string, T>, name: string): T {
  const object = objects.get(name);
  if (object === undefined) throw new Refusal(404, 'resource_not_found_exception', `[${name}] not found`);
  return object;
}

function parse(text: string): Json {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Refusal(400, 'parse_exception', 'request body is not JSON');
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
