/** Server errors after which the whole transaction may simply be run again. */
const RETRYABLE: Record<number, string> = {
  1213: 'deadlock',
  1205: 'lock_wait_timeout',
  // innodb_snapshot_isolation on MariaDB
  1020: 'record_changed',
};

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_QUERY_INTERRUPTED',
  'ER_NORMAL_SHUTDOWN',
  'POOL_CLOSED',
]);

interface DriverError {
  errno?: number;
  code?: string;
  message?: string;
  driverError?: DriverError;
}

/** Reason to run the transaction again (`deadlock`, ...), or undefined. */
export function retryReason(error: unknown): string | undefined {
  const { errno, driverError } = (error ?? {}) as DriverError;
  return RETRYABLE[errno ?? driverError?.errno ?? 0];
}

/** True when the statement never got an answer because the server or the pool could not give one. */
export function isConnectionFailure(error: unknown): boolean {
  const { code, message, driverError } = (error ?? {}) as DriverError;
  return (
    CONNECTION_CODES.has(code ?? driverError?.code ?? '') ||
    /Queue limit reached|Pool is closed|Can't add new command when connection is in closed state|Connection is not established|Server shutdown in progress/i.test(
      message ?? '',
    )
  );
}
