import type { IncomingMessage, ServerResponse } from 'node:http';
import { readJson, sendJson } from '../common/http.js';
import { X_FAULTS, type XFault } from './faults.js';
import type { XCut, XStreamBehaviour } from './stream.js';
import type { XPostDraft, XUserStatus } from './x-types.js';
import type { XBackend } from './contract.js';

/** Routes by which a test in another process looks into the simulator and steers it. X has none of them. */
export async function control(
  simulator: XBackend,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const body = request.method === 'POST' ? ((await readJson(request)) as Record<string, unknown>) : {};
  const answer = await handle(simulator, `${request.method} ${url.pathname}`, url.searchParams, body);
  if (answer === undefined)
    return sendJson(response, 404, { error: `no control route ${request.method} ${url.pathname}` });
  sendJson(response, 200, answer);
}

function handle(simulator: XBackend, route: string, query: URLSearchParams, body: Record<string, unknown>): unknown {
  const { world, timeline, stream, faults } = simulator;
  switch (route) {
    case 'GET /health/live':
    case 'GET /health/ready':
      return { status: 'ok' };
    case 'GET /simulator/state':
      return {
        seed: simulator.seed,
        posts: world.posts.length,
        users: world.users.size,
        requests: simulator.requests,
        faults: { met: faults.met, waiting: faults.waiting },
        stream: {
          open: stream.open,
          delivered: stream.delivered,
          cutsMade: stream.cutsMade,
          cutsWaiting: stream.cutsWaiting,
          rules: simulator.rules.size,
        },
      };
    case 'GET /simulator/bill':
      return simulator.bill(query.get('day') ?? undefined);
    case 'GET /simulator/truth':
      return simulator.truth(query.get('tag') ?? '');
    case 'POST /simulator/fail': {
      const next = [body['faults'] ?? body].flat() as XFault[];
      const unknown = next.find(({ fault }) => !X_FAULTS.includes(fault));
      if (unknown) return { error: `no fault ${String(unknown.fault)}` };
      simulator.fail(next);
      return { waiting: faults.waiting };
    }
    case 'POST /simulator/forgive':
      faults.clear();
      return { waiting: [] };
    case 'POST /simulator/grow':
      timeline.stop();
      if (Number(body['perSecond']) > 0) timeline.grow(Number(body['perSecond']));
      return { perSecond: Number(body['perSecond']) };
    case 'POST /simulator/populate': {
      const to = Number(body['to'] ?? world.now());
      timeline.populate({
        posts: Number(body['posts']),
        from: Number(body['from'] ?? to - 3_600_000),
        to,
        firstSlot: Number(body['firstSlot'] ?? 0),
      });
      return { posts: world.posts.length };
    }
    case 'POST /simulator/posts':
      return { id: world.post(body as unknown as XPostDraft).id };
    case 'POST /simulator/edit':
      return { id: world.edit(String(body['id']), String(body['text'])).id };
    case 'POST /simulator/delete':
      world.remove(String(body['id']));
      return {};
    case 'POST /simulator/user':
      Object.assign(world.user(String(body['id'])), {
        ...(body['status'] !== undefined && { status: body['status'] as XUserStatus }),
        ...(body['followers'] !== undefined && { followers: Number(body['followers']) }),
      });
      return {};
    case 'POST /simulator/stream':
      if (body['cut'] !== undefined) stream.cut(body['cut'] as XCut, Number(body['times'] ?? 1));
      if (body['behaviour'] !== undefined)
        Object.assign(stream.behaviour, body['behaviour'] as Partial<XStreamBehaviour>);
      return { open: stream.open, cutsWaiting: stream.cutsWaiting, behaviour: stream.behaviour };
    default:
      return undefined;
  }
}
