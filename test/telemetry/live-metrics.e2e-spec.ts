import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repoRoot } from '../../compose/native/src/repo.js';
import { programsOf } from '../../compose/native/src/servers/programs.js';
import { readCatalogue } from '../../observability/src/signals/catalogue.js';
import { createKey } from '../harness/keys.js';
import { runCollection } from '../harness/postman.js';
import { SERVICE_NAMES, startStack, type ServiceName, type Stack } from '../harness/stack.js';
import { startXSimulator, type XSimulator } from '../simulators/index.js';
import { readExposition, type ShownFamily } from './support/exposition.js';
import { missingFromServices, unknownToCatalogue } from './support/live-catalogue.js';

const { metrics } = readCatalogue(repoRoot);

describe('metrics of running services, after every route was asked', () => {
  let stack: Stack;
  let simulator: XSimulator;
  const bodies = new Map<ServiceName, string>();
  let shown: ShownFamily[];

  beforeAll(async () => {
    simulator = await startXSimulator();
    stack = await startStack({
      env: {
        MIRANTE_X_API_BASE_URL: simulator.url,
        MIRANTE_X_SIMULATED: 'true',
        MIRANTE_X_BEARER_TOKEN: simulator.bearer,
      },
    });
    await runCollection(stack.baseUrl, await createKey(stack, 'metrics', 'all'));
    for (const service of SERVICE_NAMES) {
      bodies.set(service, await (await fetch(`${stack.internalUrls[service]}/metrics`)).text());
    }
    shown = [...bodies.values()].flatMap(readExposition);
  });

  afterAll(async () => {
    await stack?.close();
    await simulator?.close();
  });

  it.each(SERVICE_NAMES)('should satisfy promtool: %s', async (service) => {
    expect(await checkMetrics(bodies.get(service)!)).toEqual({ exitCode: 0, said: '' });
  });

  it('should all be in the catalogue, with their type, text, labels and values', () => {
    expect(shown.length).toBeGreaterThan(200);
    expect([...new Set(unknownToCatalogue(metrics, shown))]).toEqual([]);
  });

  it('should be all there are in the catalogue', () => {
    expect(missingFromServices(metrics, shown)).toEqual([]);
  });
});

async function checkMetrics(body: string): Promise<{ exitCode: number | null; said: string }> {
  const { promtool, env } = programsOf('prometheus');
  const child = spawn(promtool, ['check', 'metrics'], { env: { ...process.env, ...env } });
  child.stdin.end(body);
  const [said, complaints, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { exitCode: exitCode as number | null, said: said + complaints };
}
