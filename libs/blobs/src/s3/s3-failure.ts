import { CodedError } from '#libs/kernel';
import { BlobsUnavailableError, DiskFullError } from '../blobs.errors.js';

interface S3Failure {
  name?: string;
  $metadata?: { httpStatusCode?: number };
}

/** Names under which servers say that there is no room: of S3 itself there is none, of others there are several. */
const FULL = new Set(['InsufficientStorage', 'XMinioStorageFull', 'QuotaExceeded', 'EntityTooLargeForQuota']);

/** Whether the server says that there is no such object, or no such upload. */
export function isAbsent(error: unknown): boolean {
  const { name, $metadata } = error as S3Failure;
  if (name === 'NoSuchBucket') return false;
  return name === 'NoSuchKey' || name === 'NotFound' || name === 'NoSuchUpload' || $metadata?.httpStatusCode === 404;
}

/** What the client of S3 throws, as an error of the store. */
export function s3Error(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const { name = '', $metadata } = error as S3Failure;
  if (FULL.has(name) || $metadata?.httpStatusCode === 507) return new DiskFullError(error);
  return new BlobsUnavailableError(error);
}
