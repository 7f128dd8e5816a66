import { faultIsOn } from '#libs/faults';
import { sleep } from '#libs/kernel';

const DELAY_MS = 2_000;

/** What is needed of a Fastify server. */
interface Hooked {
  addHook(
    name: 'preHandler',
    hook: (request: { readonly routeOptions: { readonly url?: string | undefined } }) => Promise<void>,
  ): unknown;
}

/** Heeds the fault `slow-route`: a route is slow before its handler begins. */
export function delayRoutes(server: Hooked): void {
  server.addHook('preHandler', async ({ routeOptions }) => {
    if (faultIsOn('slow-route', routeOptions.url)) await sleep(DELAY_MS);
  });
}
