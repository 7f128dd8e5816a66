import type { NewmanRunSummary } from 'newman';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey } from '../harness/keys.js';
import { nameOf, runCollection } from '../harness/postman.js';
import { startStack, type Stack } from '../harness/stack.js';
import { startXSimulator, type XSimulator } from '../simulators/index.js';

/** Keys the requests carried, without those of requests that show a wrong one on purpose. */
function keysOf(run: NewmanRunSummary['run']): string[] {
  const asked = run.executions.filter(({ item }) => !item.name.includes('unknown key'));
  const carried = asked.map(({ request }) => request.headers.get('authorization'));
  if (carried.some(Boolean) && !carried.every(Boolean)) throw new Error('some requests carry a key and some do not');
  return [...new Set(carried.filter((header): header is string => Boolean(header)))];
}

describe('Postman collection', () => {
  let stack: Stack | undefined;
  let simulator: XSimulator | undefined;
  let baseUrl: string;

  beforeAll(async () => {
    // A stack that runs already is taken as it is; the collection only needs the sample's tag for itself.
    const given = process.env['MIRANTE_TEST_BASE_URL'];
    if (!given) {
      simulator = await startXSimulator();
      const env = {
        MIRANTE_X_API_BASE_URL: simulator.url,
        MIRANTE_X_SIMULATED: 'true',
        MIRANTE_X_BEARER_TOKEN: simulator.bearer,
      };
      stack = await startStack({ env });
    }
    baseUrl = given ?? stack!.baseUrl;
  });

  afterAll(async () => {
    await stack?.close();
    await simulator?.close();
  });

  it('should run without a failure against the whole stack', async () => {
    const { run } = await runCollection(baseUrl);

    expect(run.failures.map(nameOf)).toEqual([]);
    expect(run.stats.requests.failed).toBe(0);
    expect(run.stats.assertions.total).toBeGreaterThan(90);
    expect(keysOf(run)).toEqual([]);
  });

  it('should run without a failure with a key', async ({ skip }) => {
    if (!stack) return skip('keys of a stack that runs already are not ours to make');
    const key = await createKey(stack, 'postman', 'all');
    const { run } = await runCollection(baseUrl, key);

    expect(run.failures.map(nameOf)).toEqual([]);
    expect(keysOf(run)).toEqual([`Bearer ${key}`]);
  });
});
