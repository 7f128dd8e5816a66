import { STATUS_CODES } from 'node:http';
import type { CodedError } from '#libs/kernel';
import { redactText } from '#libs/observability';
import { MethodNotAllowedError, type FieldError } from '../routes/route.errors.js';
import type { ProblemAnswer } from './problem.domain.js';
import { retryAfterOf, statusOf } from './problem-status.domain.js';

const AWAY = 'a part of the system that is needed for this answer is away or too slow; try again';
const HIDDEN = 'something went wrong here; the trace id finds the log lines that say what';

/**
 * The public form of an error. What an internal error says stays in the log, and a secret that was sent in a wrong place is
 * not sent back: answers end up in tickets and logs of others.
 */
export function problemOf(error: CodedError, path: string, traceId: string | undefined): ProblemAnswer {
  const status = statusOf(error);
  const errors = fieldErrorsOf(error);
  const retryAfter = retryAfterOf(status, error);
  return {
    problem: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: redactText(detailOf(status, error)),
      instance: redactText(path),
      code: error.code,
      trace_id: traceId ?? null,
      ...(errors && { errors }),
    },
    headers: {
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(status === 401 && { 'www-authenticate': 'Bearer realm="mirante"' }),
      ...(error instanceof MethodNotAllowedError && { allow: error.allow.join(', ') }),
    },
  };
}

/** Errors of the inside name hosts, queues and files: those words are for the log. */
function detailOf(status: number, error: CodedError): string {
  if (status === 500) return HIDDEN;
  return status > 500 && error.code.startsWith('RPC.') ? AWAY : error.message;
}

function fieldErrorsOf(error: CodedError): FieldError[] | undefined {
  const errors = error.details?.['errors'];
  if (!Array.isArray(errors) || !errors.every(isFieldError)) return undefined;
  return errors.map((field) => ({ ...field, where: redactText(field.where), message: redactText(field.message) }));
}

function isFieldError(value: unknown): value is FieldError {
  const candidate = value as Partial<FieldError> | null;
  return typeof candidate?.where === 'string' && typeof candidate.message === 'string';
}
