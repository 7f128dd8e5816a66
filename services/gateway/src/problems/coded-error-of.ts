import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { CodedError, type ErrorKind } from '#libs/kernel';
import { HeadersTooLargeError, MalformedRequestError, UriTooLongError } from './http.errors.js';

const KIND_OF_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'gone',
  413: 'too-large',
  415: 'unsupported',
  429: 'rate-limited',
  503: 'unavailable',
  504: 'timeout',
};

interface FrameworkError {
  code: string;
  statusCode: number;
}

/** Turns whatever was thrown into an error with a code. What is not known to be harmless becomes an internal error. */
export function codedErrorOf(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const status = statusOf(error);
  if (isFrameworkError(error)) {
    if (error.code === 'FST_ERR_BAD_URL')
      return new MalformedRequestError('the path is not valid percent-encoded UTF-8');
    if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return new UriTooLongError();
  }
  if (status === 431) return new HeadersTooLargeError();
  const kind = KIND_OF_STATUS[status];
  if (kind) return new CodedError(`HTTP.${status}`, kind, STATUS_CODES[status] ?? 'refused', { cause: error });
  if (status >= 400 && status < 500) return new MalformedRequestError(STATUS_CODES[status] ?? 'refused');
  return new CodedError('INTERNAL', 'internal', 'unexpected error', { cause: error });
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  return isFrameworkError(error) ? error.statusCode : 500;
}

function isFrameworkError(error: unknown): error is FrameworkError {
  const candidate = error as Partial<FrameworkError> | null;
  return typeof candidate?.code === 'string' && typeof candidate.statusCode === 'number';
}
