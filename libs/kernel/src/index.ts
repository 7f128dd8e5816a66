export {
  CodedError,
  fromWire,
  isWireError,
  messageOf,
  type CodedErrorOptions,
  type ErrorDetails,
  type ErrorKind,
  type ErrorLogLevel,
  type WireError,
} from './coded-error.js';
export { isUuid, uuidv7 } from './ids.js';
export { backoffMs, sleep, systemClock, type Clock } from './time.js';
export { type SqlExecutor } from './sql-executor.js';
