import { z } from 'zod';
import { int, loadConfig, secret, url } from '#libs/config';

const setupConfigSchema = z.object({
  MIRANTE_ELASTICSEARCH_URL: url('http', 'https').describe('where Elasticsearch is'),
  MIRANTE_ELASTICSEARCH_API_KEY: secret().optional().describe('encoded API key; wins over user and password'),
  MIRANTE_ELASTICSEARCH_USER: z.string().optional(),
  MIRANTE_ELASTICSEARCH_PASSWORD: secret().optional(),
  MIRANTE_KIBANA_URL: url('http', 'https').optional().describe('without it, Kibana is left alone'),
  MIRANTE_SETUP_WAIT_SECONDS: int({ min: 0, max: 3_600 })
    .default(180)
    .describe('how long both may take until they answer'),
});

export interface SetupConfig {
  elasticsearchUrl: string;
  /** Without the `/` at its end. */
  kibanaUrl: string | undefined;
  /** Value of the `Authorization` header; the same for both. */
  authorization: string | undefined;
  waitMs: number;
}

/** @throws ConfigError with every bad variable */
export function setupConfig(env?: Record<string, string | undefined>): SetupConfig {
  const config = loadConfig(setupConfigSchema, env);
  return {
    elasticsearchUrl: config.MIRANTE_ELASTICSEARCH_URL,
    kibanaUrl: config.MIRANTE_KIBANA_URL?.replace(/\/+$/, ''),
    authorization: authorizationOf(config),
    waitMs: config.MIRANTE_SETUP_WAIT_SECONDS * 1_000,
  };
}

function authorizationOf(config: z.output<typeof setupConfigSchema>): string | undefined {
  const { MIRANTE_ELASTICSEARCH_API_KEY: key, MIRANTE_ELASTICSEARCH_USER: user, MIRANTE_ELASTICSEARCH_PASSWORD: password } = config; // prettier-ignore
  if (key) return `ApiKey ${key.reveal()}`;
  if (!user || !password) return undefined;
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
}
