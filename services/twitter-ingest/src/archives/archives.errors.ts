import { CodedError } from '#libs/kernel';

export class ArchiveNotFoundError extends CodedError {
  constructor(id: string) {
    super('ARCHIVES.NOT_FOUND', 'not-found', `no archive ${id}`);
  }
}

export class ArchiveConflictError extends CodedError {
  constructor(id: string) {
    super('ARCHIVES.CONFLICT', 'conflict', `archive ${id} exists already, with another file or another tag`);
  }
}

/** Another worker has taken the import over; this one must stop without a trace. */
export class LeaseLostError extends Error {
  constructor(importId: string) {
    super(`lease of import ${importId} lost`);
    this.name = 'LeaseLostError';
  }
}
