import { listen, readJson, sendJson } from '../common/http.js';
import { seededRandom } from '../common/random.js';
import type { FediTruth, MastodonFault, MastodonFaultName } from './contract.js';
import { Fediverse, type FediverseOptions } from './fediverse.js';
import { MastodonInstance, type InstanceQuota } from './instance.js';

export interface MastodonSimulatorOptions extends Partial<FediverseOptions> {
  quota?: InstanceQuota;
}

/** Several servers of one network, each on a port of its own. */
export interface MastodonSimulator {
  /** Origin of each instance, e.g. `http://127.0.0.1:4123`. */
  readonly urls: readonly string[];
  readonly world: Fediverse;
  readonly instances: readonly MastodonInstance[];
  readonly faultsMet: Partial<Record<MastodonFaultName, number>>;
  fail(next: MastodonFault | readonly MastodonFault[]): void;
  /** Over all instances, or those of these numbers. */
  truth(tag: string, instances?: readonly number[]): FediTruth;
  close(): Promise<void>;
}

const QUOTA: InstanceQuota = { limit: 300, windowMs: 5 * 60_000 };

export async function startMastodonSimulator(options: MastodonSimulatorOptions = {}): Promise<MastodonSimulator> {
  const { quota = QUOTA, ...rest } = options;
  const world = new Fediverse(rest);
  const random = seededRandom(world.options.seed, 5);
  const faultsMet: MastodonSimulator['faultsMet'] = {};
  let pending: MastodonFault[] = [];
  const seen = new WeakMap<MastodonFault, number>();
  const nextFault = (instance: number): MastodonFault | null => {
    const fault = pending.find((one) => one.instance === undefined || one.instance === instance);
    if (!fault) return null;
    const passed = seen.get(fault) ?? 0;
    if (passed < (fault.after ?? 0)) {
      seen.set(fault, passed + 1);
      return null;
    }
    seen.delete(fault);
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times <= 0) pending = pending.filter((one) => one !== fault);
    faultsMet[fault.fault] = (faultsMet[fault.fault] ?? 0) + 1;
    return fault;
  };
  const fail = (next: MastodonFault | readonly MastodonFault[]) => {
    pending.push(...[next].flat().map((fault) => ({ ...fault })));
  };
  const instances = Array.from(
    { length: world.options.instances },
    (_, number) => new MastodonInstance(number, world, { ...quota }, nextFault, random),
  );
  const servers = await Promise.all(
    instances.map((instance) =>
      listen(async (request, response) => {
        const url = new URL(request.url ?? '/', 'http://simulator');
        if (url.pathname === '/simulator/fail') {
          fail((await readJson(request)) as MastodonFault);
          return sendJson(response, 200, { waiting: pending });
        }
        if (url.pathname === '/simulator/truth') {
          return sendJson(response, 200, world.truth(url.searchParams.get('tag') ?? ''));
        }
        await instance.answer(request, response, url);
      }),
    ),
  );
  return {
    urls: servers.map(({ url }) => url),
    world,
    instances,
    faultsMet,
    fail,
    truth: (tag, numbers) => world.truth(tag, numbers),
    close: async () => {
      world.stop();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
