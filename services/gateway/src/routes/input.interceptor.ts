import {
  createParamDecorator,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { readJsonBody } from './json-body.js';
import { checkJson } from './json-fields.domain.js';
import { parseInput } from './route-input.domain.js';
import { ROUTE_METADATA } from './route.decorator.js';
import { InvalidRequestError } from './route.errors.js';
import type { RouteDeclaration } from './route.js';

const inputs = new WeakMap<FastifyRequest, unknown>();

/** Checks the input of every route before its handler runs, whether or not the handler asks for it. */
@Injectable()
export class InputInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const route = this.reflector.get<RouteDeclaration>(ROUTE_METADATA, context.getHandler());
    const question = request.url.indexOf('?');
    const input = parseInput(route, {
      params: request.params as Record<string, unknown>,
      query: request.query as Record<string, unknown>,
      queryText: question === -1 ? '' : request.url.slice(question + 1),
      headers: request.headers,
    });
    inputs.set(request, { ...input, body: await bodyOf(route, request, http.getResponse<FastifyReply>()) });
    return next.handle();
  }
}

/** The checked input of the route; its type is `InputOf<typeof thatRoute>`. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) =>
  inputs.get(context.switchToHttp().getRequest<FastifyRequest>()),
);

async function bodyOf(route: RouteDeclaration, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (!route.json) return undefined;
  const checked = checkJson(route.json.schema, await readJsonBody(request.raw, reply.raw));
  if ('errors' in checked) throw new InvalidRequestError(checked.errors);
  return checked.data;
}
