import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CodedError } from '#libs/kernel';
import { createLogger, currentContext } from '#libs/observability';
import { lingerThenClose } from './linger.js';
import { problemOf } from './problem-of.js';
import { PROBLEM_TYPE } from './problem.domain.js';

const logger = createLogger('Problem');

const QUIET = new Set(['ROUTE.NOT_FOUND', 'GATEWAY.OVERLOADED', 'GATEWAY.RATE_LIMITED']);

/** Refusals the log of accesses tells of already, with the key and the network. */
const isAudited = (code: string) => code.startsWith('ACCESS.');

/** Answers a request with an error, whatever state the request is in. */
export function sendProblem(error: CodedError, request: FastifyRequest, reply: FastifyReply): void {
  const { problem, headers } = problemOf(error, pathOf(request.url), currentContext()?.traceId);
  logRefusal(error, problem.status);
  if (reply.sent || reply.raw.headersSent) return;
  lingerThenClose(request.raw, reply.raw);
  // As bytes: to a text Fastify would add a charset, which this media type does not have.
  const body = Buffer.from(JSON.stringify(problem));
  void reply.code(problem.status).headers(headers).type(PROBLEM_TYPE).send(body);
}

/** A flood of refusals must not become a flood of log lines: the quiet ones are in the access log and the metrics anyway. */
function logRefusal(error: CodedError, status: number): void {
  const quiet = QUIET.has(error.code) || (status < 500 && isAudited(error.code));
  const level = quiet ? 'debug' : status === 500 ? 'error' : error.logLevel;
  if (!logger.isEnabled(level)) return;
  const fields = { event: { action: 'http-refusal', outcome: 'failure' as const }, labels: { code: error.code } };
  logger[level](`${status} ${error.code}: ${error.message}`, fields, status >= 500 ? error : undefined);
}

/** The query is left out: it may hold what the caller would not want to see in a log or a screenshot. */
function pathOf(url: string): string {
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  return path.length > 500 ? `${path.slice(0, 500)}…` : path;
}
