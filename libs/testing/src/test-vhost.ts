import { randomBytes } from 'node:crypto';
import { testServer } from './test-env.js';

/** A virtual host of its own for one test file: queues and exchanges of other tests do not exist in it. */
export interface TestVhost {
  readonly name: string;
  /** Value for `MIRANTE_AMQP_URL`. */
  readonly amqpUrl: string;
  /** Calls the management API below `/api/`; `{vhost}` in the path stands for the encoded name. */
  management<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Deletes the virtual host with all that is in it. */
  delete(): Promise<void>;
}

/** Creates an empty virtual host with a random name on the shared test broker. */
export async function createTestVhost(): Promise<TestVhost> {
  const name = `test-${randomBytes(6).toString('hex')}`;
  const amqp = testServer('MIRANTE_TEST_AMQP');
  amqp.pathname = `/${name}`;
  const call = <T>(method: string, path: string, body?: unknown) =>
    managementCall<T>(method, path.replace('{vhost}', encodeURIComponent(name)), body);
  await call('PUT', 'vhosts/{vhost}');
  await call('PUT', `permissions/{vhost}/${amqp.username}`, { configure: '.*', write: '.*', read: '.*' });
  return {
    name,
    amqpUrl: amqp.href,
    management: call,
    delete: () => call('DELETE', 'vhosts/{vhost}'),
  };
}

async function managementCall<T>(method: string, path: string, body?: unknown): Promise<T> {
  const base = testServer('MIRANTE_TEST_RABBIT_MANAGEMENT');
  const login = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const answer = await fetch(`${base.origin}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(login).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`broker management: ${method} ${path} answered ${answer.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
