import { hostname } from 'node:os';
import type { Logger as WinstonLogger } from 'winston';
import { setBuildInfo } from '../metrics/process-metrics.js';
import { EcsEncoder } from './ecs-encoder.js';
import { currentLogLevels, type LogLevel, setLogLevels } from './levels.js';
import { type LineSink, LogWriter } from './log-writer.js';
import { createLogger } from './logger.js';
import { activatePipeline, activePipeline, reportSuppressed } from './pipeline-state.js';
import { installProcessHooks } from './process-hooks.js';
import { DEFAULT_REPEAT, RepeatLimiter, type RepeatPolicy } from './repeat-limiter.js';
import { RotatingFileSink } from './rotating-file-sink.js';
import { DEFAULT_ROTATION, type RotationPolicy } from './rotation.js';
import { startUpLine } from './start-up-line.js';
import { StreamSink } from './stream-sink.js';
import { createPipeline } from './winston-pipeline.js';

const LOGGER = 'Logging';
const DEFAULT_BUFFER_BYTES = 8 * 1024 * 1024;
const UNSAFE_IN_NAMES = /[^A-Za-z0-9_-]+/g;

/** What every line says of the process, and where the lines go. */
export interface LoggingOptions {
  service: string;
  version: string;
  environment: string;
  /** `info,AmqpServer=debug`; see `setLogLevels`. */
  levels: string;
  /** Folder for `<service>.<instance>.ndjson`; without one, lines go to stdout. */
  dir?: string | undefined;
  /** Tells replicas apart; the host name by default. */
  instance?: string;
  /** Commit the process was built from. */
  revision?: string;
  rotation?: Partial<RotationPolicy>;
  repeat?: Partial<RepeatPolicy>;
  /** Most memory for lines that wait to be written. */
  maxBufferBytes?: number;
}

/** Control over the logs of the process. */
export interface LoggingHandle {
  /** Resolves when what was logged until now is written (or writing it has failed). */
  flush(): Promise<void>;
  /** Writes the rest and goes back to stderr. */
  close(): Promise<void>;
}

let closeCurrent: (() => void) | undefined;

/**
 * Sets up logging for the process; called once, first thing. From then on no line is lost when the process ends by itself, by
 * `process.exit`, by SIGTERM, or by an error nobody caught (by `kill -9` those of the last 100 ms are).
 *
 * A folder that cannot be written to is no reason to stop: lines wait in memory and writing is tried again.
 *
 * @throws {BadLogLevelsError} when `levels` cannot be read
 */
export function initLogging(options: LoggingOptions): LoggingHandle {
  setLogLevels(options.levels);
  closeCurrent?.();
  const { service, version, environment, revision, instance = hostname() } = options;
  const encoder = new EcsEncoder({ service, version, environment, instance });
  const writer = new LogWriter(createSink(options, encoder, instance), {
    maxBufferBytes: options.maxBufferBytes ?? DEFAULT_BUFFER_BYTES,
    dropSummary: (dropped) => dropSummary(encoder, dropped),
    onTrouble: (error) => reportTrouble(encoder, error),
  });
  const limiter = new RepeatLimiter({ ...DEFAULT_REPEAT, ...options.repeat }, reportSuppressed(activePipeline));
  activatePipeline({ ...createPipeline(encoder, writer), encoder, writer, limiter });
  setBuildInfo(version, revision);

  const windows = setInterval(
    () => limiter.startWindow(Date.now()),
    options.repeat?.windowMs ?? DEFAULT_REPEAT.windowMs,
  );
  windows.unref();
  const flushSync = () => {
    limiter.startWindow(Date.now());
    writer.flushSync();
  };
  const logger = createLogger(LOGGER);
  const removeHooks = installProcessHooks({
    flushSync,
    writeThrough: () => {
      flushSync();
      writer.writeThrough();
    },
    reportCrash: (error, origin) =>
      logger.error(
        'the process ends because of an error nobody caught',
        { event: { action: 'crash', reason: origin } },
        error,
      ),
    reportLevels: () =>
      logger.warn(`log levels are now ${currentLogLevels()}`, { event: { action: 'log-levels-changed' } }),
  });
  const close = () => {
    if (closeCurrent !== close) return;
    closeCurrent = undefined;
    clearInterval(windows);
    removeHooks();
    limiter.startWindow(Date.now());
    writer.close();
    activatePipeline(undefined);
  };
  closeCurrent = close;
  return {
    async flush() {
      limiter.startWindow(Date.now());
      await writer.flush();
    },
    async close() {
      await writer.flush();
      close();
    },
  };
}

/** The winston logger behind ours, for code that expects one. Its lines get the same format, redaction and file. */
export function winstonLogger(): WinstonLogger {
  return activePipeline().winston;
}

function createSink(options: LoggingOptions, encoder: EcsEncoder, instance: string): LineSink {
  const { dir, service, environment } = options;
  if (!dir) return new StreamSink(1);
  const rotation = { ...DEFAULT_ROTATION, ...options.rotation };
  return new RotatingFileSink({
    ...rotation,
    dir,
    name: [service, instance].map((part) => part.replace(UNSAFE_IN_NAMES, '_')).join('.'),
    header: () => startUpLine(encoder, LOGGER, { ...rotation, dir, environment, instance }),
  });
}

/** What cannot be logged is said where a supervisor may see it. */
function reportTrouble(encoder: EcsEncoder, error: unknown): void {
  const message = 'log lines cannot be written: they wait in memory, and writing is tried again';
  const line = encoder.encode({ level: 'error', logger: LOGGER, message, error });
  try {
    new StreamSink(2).writeSync(Buffer.from(`${line}\n`));
  } catch {
    // Nobody listens there either; log_write_errors_total still tells.
  }
}

function dropSummary(encoder: EcsEncoder, dropped: Record<LogLevel, number>): string {
  const count = Object.values(dropped).reduce((sum, lines) => sum + lines, 0);
  return encoder.encode({
    level: 'warn',
    logger: LOGGER,
    message: `dropped ${count} log lines because the buffer was full`,
    fields: { event: { action: 'log-lines-dropped' }, labels: { dropped } },
  });
}
