import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen, wait, type HttpSimulator } from '../common/http.js';
import { seededRandom } from '../common/random.js';
import { XApiDouble } from './api.js';
import type { XBackend, XSimulator, XSimulatorOptions } from './contract.js';
import { control } from './control.js';
import { XFaults } from './faults.js';
import { XLedger } from './ledger.js';
import { XLimits } from './limits.js';
import { XRules } from './rules.js';
import { XStreams } from './stream.js';
import { XTimeline } from './timeline.js';
import { truthOf } from './truth.js';
import { XWorld } from './world.js';

export const X_BEARER = 'simulated-bearer-token';

export async function startXSimulator(options: XSimulatorOptions = {}): Promise<XSimulator> {
  const seed = options.seed ?? 1;
  const now = options.now ?? Date.now;
  const world = new XWorld({
    now,
    ...(options.indexLagMs !== undefined && { indexLagMs: options.indexLagMs }),
    ...(options.keepPosts !== undefined && { keepPosts: options.keepPosts }),
  });
  const random = seededRandom(seed, 77);
  const ledger = new XLedger(now, options.usersBilled ?? true);
  const rules = new XRules();
  const simulator: XBackend = {
    seed,
    bearer: options.bearer ?? X_BEARER,
    world,
    timeline: new XTimeline(world, { seed, ...options.timeline }),
    rules,
    ledger,
    stream: new XStreams(world, rules, ledger, random, options.stream ?? {}),
    limits: new XLimits(now, options.limits),
    faults: new XFaults(random),
    requests: {},
    fail: (next) => simulator.faults.add(next),
    bill: (day) => ledger.bill(day),
    truth: (text) => truthOf(world, /[\s:#"()]/.test(text) ? text : `#${text}`),
  };
  const api = new XApiDouble(
    simulator,
    { searchDelayMs: 30_000, retweetsInSearch: false, ...options.search },
    options.usage ?? { cap: 3_000_000, resetDay: 1 },
    random,
  );
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    if (url.pathname.startsWith('/simulator/') || url.pathname.startsWith('/health/')) {
      return control(simulator, request, response, url);
    }
    await api.answer(request, response, url);
  };
  const server: HttpSimulator = await listen(handle, options.port, undefined, options.host);
  return Object.assign(simulator, {
    url: server.url,
    close: async () => {
      simulator.timeline.stop();
      simulator.stream.closeAll();
      await server.close();
      // Timers of answers that were being held back find their sockets gone.
      await wait(0);
    },
  });
}
