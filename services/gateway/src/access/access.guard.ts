import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { CodedError } from '#libs/kernel';
import { GATEWAY_CONFIG, anonymousAccessOf, type GatewayConfig } from '../gateway.config.js';
import { ROUTE_METADATA } from '../routes/route.decorator.js';
import type { RouteDeclaration } from '../routes/route.js';
import { KeyNeededError, ScopeMissingError } from './access.errors.js';
import { auditRefusal } from './audit.js';
import { anonymousCaller, callerOf, rememberCaller, type CallerIdentity } from './caller.js';

/**
 * Lets a request through only if its caller has the scope the route declares; a route without one is closed. Who the caller
 * is was found out by the hook before, which also covers addresses where there is no route.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly anonymous: CallerIdentity;

  constructor(
    private readonly reflector: Reflector,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.anonymous = anonymousCaller(anonymousAccessOf(config));
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { scope } = this.reflector.get<RouteDeclaration>(ROUTE_METADATA, context.getHandler());
    const known = callerOf(request);
    const caller = known ?? this.anonymous;
    if (!caller.scopes.has(scope)) throw this.refused(request, scope, known);
    if (!known) rememberCaller(request, caller);
    return true;
  }

  private refused(request: FastifyRequest, scope: string, known: CallerIdentity | undefined): CodedError {
    const error = known ? new ScopeMissingError(scope) : new KeyNeededError(scope);
    auditRefusal(error, request, known?.subject);
    return error;
  }
}
