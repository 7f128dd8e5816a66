import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Scope } from '../routes/route.js';

/** Who asks. Everything a caller stores belongs to its tenant. */
export interface CallerIdentity {
  readonly tenant: string;
  /** Id of the key, or `anonymous`. */
  readonly subject: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Tenant and subject of everyone who shows no key. No key can be made for it. */
export const ANONYMOUS = 'anonymous';

/** What callers without a key may do. */
export type AnonymousAccess = 'none' | 'read' | 'write';

const READ: readonly Scope[] = [
  'archives:read',
  'captures:read',
  'tasks:read',
  'posts:read',
  'analytics:read',
  'visitors:read',
  'visits:write',
  'system:read',
];
// Who may write without a key is the operator.
const WRITE: readonly Scope[] = ['archives:write', 'captures:write', 'tasks:write', 'exports:read', 'ops:view'];

const ANONYMOUS_SCOPES: Record<AnonymousAccess, readonly Scope[]> = {
  none: ['public'],
  read: ['public', ...READ],
  write: ['public', ...READ, ...WRITE],
};

export function anonymousCaller(access: AnonymousAccess): CallerIdentity {
  return { tenant: ANONYMOUS, subject: ANONYMOUS, scopes: new Set(ANONYMOUS_SCOPES[access]) };
}

const callers = new WeakMap<FastifyRequest, CallerIdentity>();

export function rememberCaller(request: FastifyRequest, caller: CallerIdentity): void {
  callers.set(request, caller);
}

export function callerOf(request: FastifyRequest): CallerIdentity | undefined {
  return callers.get(request);
}

const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>();

/** Who asks, as a {@link CallerIdentity}. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) => callers.get(requestOf(context)));

/** The tenant of the caller. */
export const Tenant = createParamDecorator(
  (_: unknown, context: ExecutionContext) => callers.get(requestOf(context))?.tenant,
);
