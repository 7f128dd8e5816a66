import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Scope } from '../routes/route.js';

/** Who asks. Everything a caller stores belongs to its tenant. */
export interface Caller {
  readonly tenant: string;
  readonly scopes: ReadonlySet<Scope>;
}

const READ: readonly Scope[] = ['public', 'archives:read', 'posts:read', 'analytics:read', 'system:read'];

/** Everyone who shows no key. */
export function anonymousCaller(mayWrite: boolean): Caller {
  return { tenant: 'anonymous', scopes: new Set<Scope>(mayWrite ? [...READ, 'archives:write'] : READ) };
}

const callers = new WeakMap<FastifyRequest, Caller>();

export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** The tenant of the caller. */
export const Tenant = createParamDecorator(
  (_: unknown, context: ExecutionContext) => callers.get(context.switchToHttp().getRequest<FastifyRequest>())?.tenant,
);
