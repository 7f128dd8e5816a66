import { CodedError } from '#libs/kernel';

/** The configured dialect is not that of the server; the process must not go on. */
export class DialectMismatchError extends CodedError {
  constructor(configured: string, actual: string, version: string) {
    super(
      'PERSISTENCE.DIALECT_MISMATCH',
      'internal',
      `MIRANTE_MYSQL_DIALECT is ${configured} but the server is ${actual} (${version}); set it to ${actual}`,
    );
  }
}

/** The database is away, full or refuses more connections. Nothing was changed. */
export class DatabaseUnavailableError extends CodedError {
  constructor(cause: unknown) {
    super('PERSISTENCE.UNAVAILABLE', 'unavailable', 'the database does not answer; try again', {
      retryAfterMs: 2_000,
      cause,
    });
  }
}
