import type { InternalRoutes } from '#libs/observability';
import type { FaultBoard } from './fault-board.js';
import { FAULT_NAMES } from './fault-flags.data.js';
import { FaultRefusedError } from './faults.errors.js';

/** Routes of the internal server: the list at `/faults`, and one address per flag to switch it on and off. */
export function faultRoutes(board: FaultBoard): InternalRoutes {
  const answer = () => ({ faults: board.list() });
  const flags = FAULT_NAMES.map((flag) => [
    `/faults/${flag}`,
    {
      PUT: (body: unknown) => {
        board.switchOn(flag, targetIn(body));
        return answer();
      },
      DELETE: () => {
        board.switchOff(flag);
        return answer();
      },
    },
  ]);
  return { '/faults': { GET: answer }, ...Object.fromEntries(flags) } as InternalRoutes;
}

function targetIn(body: unknown): string | null {
  if (body === undefined) return null;
  const { target = null, ...others } = (typeof body === 'object' && body !== null ? body : { body }) as {
    target?: unknown;
  };
  if (Object.keys(others).length > 0 || (target !== null && typeof target !== 'string')) {
    throw new FaultRefusedError('expected no body, or {"target":"/api/v1/posts"}');
  }
  return target;
}
