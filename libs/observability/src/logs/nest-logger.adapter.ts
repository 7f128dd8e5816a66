import type { LoggerService } from '@nestjs/common';
import { createLogger, type Logger } from './logger.js';
import type { LogLevel } from './levels.js';

const DEFAULT_CONTEXT = 'Nest';
const MOST_CONTEXTS = 500;

/** Lets Nest write its own lines through our logger: `NestFactory.create(Module, { logger: new NestLoggerAdapter() })`. */
export class NestLoggerAdapter implements LoggerService {
  readonly #loggers = new Map<string, Logger>();

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  /** Nest calls it as `(message, stack?, context?)` and as `(error, context?)`. */
  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  /** Nest passes any number of values, the last of which is the context when it is a text. */
  #write(level: LogLevel, message: unknown, rest: unknown[]): void {
    const values = rest.filter((value) => value !== undefined);
    const last = values.at(-1);
    const context = typeof last === 'string' && !last.includes('\n') ? last : DEFAULT_CONTEXT;
    if (context === last) values.pop();
    const error = [message, ...values].find((value) => value instanceof Error) ?? stackIn(values);
    const text = message instanceof Error ? message.message : typeof message === 'string' ? message : describe(message);
    this.#loggerOf(context)[level](text, fieldsOf(values), error);
  }

  #loggerOf(context: string): Logger {
    let logger = this.#loggers.get(context);
    if (!logger) {
      logger = createLogger(context);
      if (this.#loggers.size < MOST_CONTEXTS) this.#loggers.set(context, logger);
    }
    return logger;
  }
}

/** Nest hands a stack over as text. */
function stackIn(values: unknown[]): unknown {
  const stack = values.find((value) => typeof value === 'string' && /\n\s+at /.test(value)) as string | undefined;
  if (stack === undefined) return undefined;
  const [first = ''] = stack.split('\n', 1);
  const [name = 'Error', ...message] = first.split(': ');
  return { name, message: message.join(': '), stack };
}

function fieldsOf(values: unknown[]): { labels: Record<string, unknown> } | undefined {
  const rest = values.filter(
    (value) => !(value instanceof Error) && !(typeof value === 'string' && /\n\s+at /.test(value)),
  );
  return rest.length === 0 ? undefined : { labels: { values: rest.length === 1 ? rest[0] : rest } };
}

function describe(message: unknown): string {
  try {
    return typeof message === 'object' ? (JSON.stringify(message) ?? String(message)) : String(message);
  } catch {
    return '[unreadable]';
  }
}
