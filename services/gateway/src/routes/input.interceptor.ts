import {
  createParamDecorator,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { parseInput } from './route-input.domain.js';
import { ROUTE_METADATA } from './route.decorator.js';
import type { RouteDeclaration } from './route.js';

const inputs = new WeakMap<FastifyRequest, unknown>();

/** Checks the input of every route before its handler runs, whether or not the handler asks for it. */
@Injectable()
export class InputInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = this.reflector.get<RouteDeclaration>(ROUTE_METADATA, context.getHandler());
    const question = request.url.indexOf('?');
    inputs.set(
      request,
      parseInput(route, {
        params: request.params as Record<string, unknown>,
        query: request.query as Record<string, unknown>,
        queryText: question === -1 ? '' : request.url.slice(question + 1),
        headers: request.headers,
      }),
    );
    return next.handle();
  }
}

/** The checked input of the route; its type is `InputOf<typeof thatRoute>`. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) =>
  inputs.get(context.switchToHttp().getRequest<FastifyRequest>()),
);
