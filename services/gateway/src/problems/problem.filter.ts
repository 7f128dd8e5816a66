import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RouteCatalogue } from '../routes/route-catalogue.js';
import { MethodNotAllowedError, RouteNotFoundError } from '../routes/route.errors.js';
import { codedErrorOf } from './coded-error-of.js';
import { sendProblem } from './send-problem.js';

/** The one place where an error becomes an HTTP answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly catalogue: RouteCatalogue) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const coded = request.is404 && error instanceof NotFoundException ? this.nothingHere(request) : codedErrorOf(error);
    sendProblem(coded, request, http.getResponse<FastifyReply>());
  }

  private nothingHere(request: FastifyRequest): RouteNotFoundError | MethodNotAllowedError {
    const allowed = this.catalogue.allowedMethods(request.url.split('?', 1)[0]!);
    return allowed.length === 0 ? new RouteNotFoundError() : new MethodNotAllowedError(allowed);
  }
}
