import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { ROUTE_METADATA } from '../routes/route.decorator.js';
import type { RouteDeclaration } from '../routes/route.js';
import { KeyNeededError, UnknownKeyError } from './access.errors.js';
import { anonymousCaller, rememberCaller, type Caller } from './caller.js';

/** Lets a request through only if its caller has the scope the route declares; a route without one is closed. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly anonymous: Caller;

  constructor(
    private readonly reflector: Reflector,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.anonymous = anonymousCaller(config.MIRANTE_ENV === 'local');
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = this.reflector.get<RouteDeclaration>(ROUTE_METADATA, context.getHandler());
    const caller = this.callerOf(request.headers.authorization);
    if (!caller.scopes.has(route.scope)) throw new KeyNeededError(route.scope);
    rememberCaller(request, caller);
    return true;
  }

  /** No keys are handed out yet, so every one shown is unknown; it is never read, so no timing can tell anything. */
  private callerOf(authorization: string | undefined): Caller {
    if (authorization !== undefined) throw new UnknownKeyError();
    return this.anonymous;
  }
}
