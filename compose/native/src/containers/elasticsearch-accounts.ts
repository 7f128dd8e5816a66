import { z } from 'zod';
import { loadConfig, secret, url } from '#libs/config';

const schema = z.object({
  MIRANTE_ELASTICSEARCH_URL: url('http', 'https'),
  MIRANTE_ELASTIC_PASSWORD: secret().describe('of the superuser elastic'),
  MIRANTE_ES_KIBANA_PASSWORD: secret(),
  MIRANTE_ES_FILEBEAT_PASSWORD: secret(),
  MIRANTE_ES_GRAFANA_PASSWORD: secret(),
  MIRANTE_ES_POSTS_PASSWORD: secret(),
});

/** A request that Elasticsearch did not accept. */
export class ElasticsearchRefusedError extends Error {
  override readonly name = 'ElasticsearchRefusedError';

  constructor(
    path: string,
    readonly status: number,
    answer: string,
  ) {
    super(`${path}: Elasticsearch answers ${status}: ${answer.slice(0, 400)}`);
  }
}

/** Who may do what, besides Elasticsearch's own users. Each account has the role of its name. */
const ROLES = {
  mirante_filebeat: {
    cluster: ['monitor'],
    indices: [{ names: ['logs-mirante.*'], privileges: ['auto_configure', 'create_doc'] }],
  },
  mirante_grafana: {
    cluster: [],
    indices: [{ names: ['logs-mirante.*', 'metrics-mirante.*'], privileges: ['read', 'view_index_metadata'] }],
  },
  mirante_posts: {
    cluster: ['monitor'],
    indices: [{ names: ['mirante-posts*'], privileges: ['read', 'write', 'view_index_metadata'] }],
  },
} as const;

/** Sets the password of Kibana's user and makes the accounts with their roles; repeats without effect. */
export async function createElasticsearchAccounts(env?: NodeJS.ProcessEnv): Promise<string[]> {
  const config = loadConfig(schema, env);
  const passwords: Record<keyof typeof ROLES, string> = {
    mirante_filebeat: config.MIRANTE_ES_FILEBEAT_PASSWORD.reveal(),
    mirante_grafana: config.MIRANTE_ES_GRAFANA_PASSWORD.reveal(),
    mirante_posts: config.MIRANTE_ES_POSTS_PASSWORD.reveal(),
  };
  const put = async (path: string, body: unknown) => {
    const login = Buffer.from(`elastic:${config.MIRANTE_ELASTIC_PASSWORD.reveal()}`).toString('base64');
    const answer = await fetch(new URL(path, config.MIRANTE_ELASTICSEARCH_URL), {
      method: 'PUT',
      headers: { authorization: `Basic ${login}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok) throw new ElasticsearchRefusedError(path, answer.status, await answer.text());
  };
  await put('/_security/user/kibana_system/_password', { password: config.MIRANTE_ES_KIBANA_PASSWORD.reveal() });
  for (const [name, rights] of Object.entries(ROLES)) {
    await put(`/_security/role/${name}`, rights);
    await put(`/_security/user/${name}`, { password: passwords[name as keyof typeof ROLES], roles: [name] });
  }
  return ['kibana_system', ...Object.keys(ROLES)];
}
