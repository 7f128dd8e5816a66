import { Client } from '@elastic/elasticsearch';
import type { SetupConfig } from './setup.config.js';

/** The 8.19 client speaks to 9.x servers too: it asks for the compatible answers of version 8. */
export function elasticsearchClient({ elasticsearchUrl, authorization }: SetupConfig): Client {
  return new Client({
    node: elasticsearchUrl,
    requestTimeout: 30_000,
    maxRetries: 3,
    ...(authorization !== undefined && { headers: { authorization } }),
  });
}

/** @throws Error when the cluster cannot hold anything yet */
export async function assertServes(client: Client): Promise<void> {
  const { status } = await client.transport.request<{ status: string }>(
    { method: 'GET', path: '/_cluster/health' },
    { maxRetries: 0, requestTimeout: 5_000 },
  );
  if (status === 'red') throw new Error('the cluster is red');
}
