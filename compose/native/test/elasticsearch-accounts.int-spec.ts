import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createElasticsearchAccounts as sut,
  ElasticsearchRefusedError,
} from '../src/containers/elasticsearch-accounts.js';

interface Asked {
  method: string;
  path: string;
  login: string;
  body: {
    password?: string;
    roles?: string[];
    cluster?: string[];
    indices?: Array<{ names: string[]; privileges: string[] }>;
  };
}

let server: Server;
let asked: Asked[];
let refusesFrom: number;
let env: Record<string, string>;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({
        method: request.method!,
        path: request.url!,
        login: Buffer.from(request.headers.authorization!.replace('Basic ', ''), 'base64').toString(),
        body: JSON.parse(Buffer.concat(chunks).toString()) as Asked['body'],
      });
      const isRefused = asked.length >= refusesFrom;
      response.writeHead(isRefused ? 401 : 200).end(isRefused ? '{"error":"no"}' : '{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const names = ['ELASTIC', 'ES_KIBANA', 'ES_FILEBEAT', 'ES_GRAFANA', 'ES_POSTS'];
  env = Object.fromEntries(names.map((name) => [`MIRANTE_${name}_PASSWORD`, `password of ${name}`]));
  env['MIRANTE_ELASTICSEARCH_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  asked = [];
  refusesFrom = Number.POSITIVE_INFINITY;
});

afterAll(() => {
  server.close();
});

describe('the accounts in Elasticsearch', () => {
  it('should be made by the superuser, each after its role', async () => {
    expect(await sut(env)).toEqual(['kibana_system', 'mirante_filebeat', 'mirante_grafana', 'mirante_posts']);
    expect(new Set(asked.map(({ login }) => login))).toEqual(new Set(['elastic:password of ELASTIC']));
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'PUT /_security/user/kibana_system/_password',
      ...['filebeat', 'grafana', 'posts'].flatMap((name) => [
        `PUT /_security/role/mirante_${name}`,
        `PUT /_security/user/mirante_${name}`,
      ]),
    ]);
    const users = asked.filter(({ body }) => body.roles);
    expect(users.map(({ body }) => [body.password, body.roles])).toEqual([
      ['password of ES_FILEBEAT', ['mirante_filebeat']],
      ['password of ES_GRAFANA', ['mirante_grafana']],
      ['password of ES_POSTS', ['mirante_posts']],
    ]);
  });

  it('should have few rights: who ships lines cannot read, who reads cannot write, nobody manages', async () => {
    await sut(env);
    const rights = (name: string) => asked.find(({ path }) => path.endsWith(`/role/mirante_${name}`))!.body;
    const all = ['filebeat', 'grafana', 'posts'].map(rights);
    expect(all.flatMap(({ cluster }) => cluster)).not.toContain('all');
    expect(all.flatMap(({ indices }) => indices!.flatMap(({ names }) => names))).not.toContain('*');
    expect(rights('filebeat').indices).toEqual([
      { names: ['logs-mirante.*'], privileges: ['auto_configure', 'create_doc'] },
    ]);
    expect(rights('grafana').indices!.flatMap(({ privileges }) => privileges)).toEqual(['read', 'view_index_metadata']);
  });

  it('should say what was refused', async () => {
    refusesFrom = 3;
    const refusal = sut(env);
    await expect(refusal).rejects.toBeInstanceOf(ElasticsearchRefusedError);
    await expect(refusal).rejects.toThrow('/_security/user/mirante_filebeat: Elasticsearch answers 401');
    expect(asked).toHaveLength(3);
  });

  it('should ask for every password before it asks Elasticsearch', async () => {
    await expect(sut({ MIRANTE_ELASTICSEARCH_URL: env['MIRANTE_ELASTICSEARCH_URL'] })).rejects.toThrow(
      'MIRANTE_ES_POSTS_PASSWORD',
    );
    expect(asked).toEqual([]);
  });
});
