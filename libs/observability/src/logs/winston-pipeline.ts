import Transport from 'winston-transport';
import { createLogger, type Logger as WinstonLogger, type Logform } from 'winston';
import { currentContext } from '../context/trace-context.js';
import type { EcsEncoder, LogRecord } from './ecs-encoder.js';
import { SEVERITY, type LogLevel } from './levels.js';
import type { LogWriter } from './log-writer.js';

/** Where winston keeps the finished text of a line (its `triple-beam` package). */
const MESSAGE = Symbol.for('message');
/** Our record, when the line comes from our own logger. */
const RECORD = Symbol('record');

const LEVELS = { error: 0, warn: 1, info: 2, debug: 3 };
const OWN_KEYS = new Set(['level', 'message', 'context', 'error']);

type Info = Logform.TransformableInfo;

/** A winston format that writes our ECS lines, whether winston was called by our logger or by somebody else. */
function ecsFormat(encoder: EcsEncoder): Logform.Format {
  return {
    transform(info: Info): Info {
      info[MESSAGE] ??= encodeSafely(encoder, info);
      return info;
    },
  };
}

/** Logging must not be what breaks a program. */
function encodeSafely(encoder: EcsEncoder, info: Info): string {
  try {
    return encoder.encode((info[RECORD] as LogRecord | undefined) ?? recordOf(info));
  } catch (error) {
    return encoder.encode({ level: 'error', logger: 'Logging', message: 'a log line could not be encoded', error });
  }
}

function recordOf(info: Info): LogRecord {
  const fields = Object.fromEntries(Object.entries(info).filter(([key]) => !OWN_KEYS.has(key)));
  const level = Object.hasOwn(SEVERITY, info.level) ? (info.level as LogLevel) : 'info';
  const logger = typeof info['context'] === 'string' ? info['context'] : 'winston';
  return { level, logger, message: String(info.message), fields, error: info['error'], trace: currentContext() };
}

/** A winston transport that hands finished lines to a {@link LogWriter}. */
export class LogWriterTransport extends Transport {
  readonly #writer: LogWriter;

  constructor(writer: LogWriter) {
    super();
    this.#writer = writer;
  }

  override log(info: Info, next: () => void): void {
    this.#writer.push(info[MESSAGE] as string, info.level as LogLevel);
    next();
  }
}

/** winston with our format and transport. */
export interface Pipeline {
  readonly winston: WinstonLogger;
  write(record: LogRecord): void;
  /** Passes on a line that is finished. */
  writeLine(level: LogLevel, line: string): void;
}

/**
 * Builds winston around a writer. `write` is replaced, because winston's own one sends lines through two object streams that
 * move at most 16 of them before the running code has ended: at `process.exit` the rest would be lost.
 */
export function createPipeline(encoder: EcsEncoder, writer: LogWriter): Pipeline {
  const format = ecsFormat(encoder);
  const transport = new LogWriterTransport(writer);
  const winston = createLogger({ levels: LEVELS, level: 'debug', format, transports: [transport], exitOnError: false });
  const deliver = (info: Info): boolean => {
    const finished = format.transform(info, {}) as Info;
    for (const target of winston.transports) {
      if (target === transport) transport.log(finished, ignore);
      else target.write(finished);
    }
    return true;
  };
  winston.write = ((info: Info) => deliver(info)) as WinstonLogger['write'];
  return {
    winston,
    write: (record) => void deliver({ level: record.level, message: record.message, [RECORD]: record }),
    writeLine(level, line) {
      if (isOnlyTransport(winston, transport)) writer.push(line, level);
      else deliver({ level, message: '', [MESSAGE]: line });
    },
  };
}

/** Nobody has added one of their own: then a finished line needs no winston. */
function isOnlyTransport(winston: WinstonLogger, transport: LogWriterTransport): boolean {
  const { transports } = winston;
  return transports.length === 1 && transports[0] === transport;
}

function ignore(): void {}
