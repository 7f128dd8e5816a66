import { faultIsOn } from '#libs/faults';
import { sleep } from '#libs/kernel';

const DELAY_MS = 2_000;

/** What is needed of a Fastify server. */
interface Hooked {
  addHook(
    name: 'preHandler',
    hook: (
      request: { readonly routeOptions: { readonly url?: string | undefined } },
      reply: unknown,
      done: () => void,
    ) => void,
  ): unknown;
}

/** Heeds the fault `slow-route`: a route is slow before its handler begins. */
export function delayRoutes(server: Hooked): void {
  server.addHook('preHandler', ({ routeOptions }, _reply, done) => {
    if (faultIsOn('slow-route', routeOptions.url)) void sleep(DELAY_MS).then(done);
    else done();
  });
}
