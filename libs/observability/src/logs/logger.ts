import { currentContext } from '../context/trace-context.js';
import { levelGeneration, type LogLevel, SEVERITY, thresholdOf } from './levels.js';
import type { LogFields } from './log-fields.js';
import { logLinesDropped } from './logs.metrics.js';
import { activePipeline } from './pipeline-state.js';

/** Writes lines of one log context. Never throws, whatever it is given. */
export interface Logger {
  debug(message: string, fields?: LogFields, error?: unknown): void;
  info(message: string, fields?: LogFields, error?: unknown): void;
  warn(message: string, fields?: LogFields, error?: unknown): void;
  error(message: string, fields?: LogFields, error?: unknown): void;
  /** Tells whether a line of this level would be written now; spares the work of putting its fields together. */
  isEnabled(level: LogLevel): boolean;
}

/**
 * A logger for one part of the program; `context` is what its level is set by (`MIRANTE_LOG_LEVEL=info,AmqpServer=debug`)
 * and shows as `log.logger`. Make it once per class or module.
 */
export function createLogger(context: string): Logger {
  return new ContextLogger(context);
}

class ContextLogger implements Logger {
  readonly #context: string;
  #generation = -1;
  #threshold = 0;

  constructor(context: string) {
    this.#context = context;
  }

  isEnabled(level: LogLevel): boolean {
    if (this.#generation !== levelGeneration()) {
      this.#threshold = thresholdOf(this.#context);
      this.#generation = levelGeneration();
    }
    return SEVERITY[level] >= this.#threshold || currentContext()?.debug === true;
  }

  debug(message: string, fields?: LogFields, error?: unknown): void {
    if (this.isEnabled('debug')) this.#write('debug', message, fields, error);
  }

  info(message: string, fields?: LogFields, error?: unknown): void {
    if (this.isEnabled('info')) this.#write('info', message, fields, error);
  }

  warn(message: string, fields?: LogFields, error?: unknown): void {
    if (this.isEnabled('warn')) this.#write('warn', message, fields, error);
  }

  error(message: string, fields?: LogFields, error?: unknown): void {
    if (this.isEnabled('error')) this.#write('error', message, fields, error);
  }

  #write(level: LogLevel, message: string, fields: LogFields | undefined, error: unknown): void {
    const pipeline = activePipeline();
    const text = typeof message === 'string' ? message : '[the message is not a text]';
    if (!pipeline.limiter.allows(level, this.#context, text, Date.now())) {
      logLinesDropped.inc({ reason: 'repeated' });
      return;
    }
    pipeline.write({ level, logger: this.#context, message: text, fields, error, trace: currentContext() });
  }
}
