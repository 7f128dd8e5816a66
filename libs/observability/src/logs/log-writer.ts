import { LineBuffer } from './line-buffer.js';
import type { LogLevel } from './levels.js';
import { logBufferBytes, logLines, logLinesDropped, logWriteErrors } from './logs.metrics.js';

const EAGER_BYTES = 64 * 1024;
const LAZY_MS = 100;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/** Where batches of lines go. Repeating a write with the same chunk must not write it twice. */
export interface LineSink {
  write(chunk: Buffer): Promise<void>;
  writeSync(chunk: Buffer): void;
  close(): void;
}

export interface LogWriterOptions {
  maxBufferBytes: number;
  /** Makes the line that tells how many lines were refused. */
  dropSummary: (dropped: Record<LogLevel, number>) => string;
  /** Called when writing begins to fail, not for every failed attempt. */
  onTrouble?: (error: unknown) => void;
}

/**
 * Takes lines at once and writes them in batches, one batch at a time. A sink that fails is tried again later; meanwhile the
 * buffer fills and then refuses lines, so neither a full disk nor a missing folder can stop the process or eat its memory.
 */
export class LogWriter {
  readonly #sink: LineSink;
  readonly #buffer: LineBuffer;
  readonly #dropSummary: LogWriterOptions['dropSummary'];
  readonly #onTrouble: (error: unknown) => void;
  #dropped: Record<LogLevel, number> | undefined;
  /** Taken out of the buffer, but not known to be written. */
  #inFlight: Buffer | undefined;
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #eager = false;
  /** Something waits that should not: an error, or whoever asked for a flush. */
  #urgent = false;
  #retryMs = 0;
  readonly #accepted: Record<LogLevel, number> = { debug: 0, info: 0, warn: 0, error: 0 };
  #writesThrough = false;

  constructor(sink: LineSink, { maxBufferBytes, dropSummary, onTrouble = () => {} }: LogWriterOptions) {
    this.#sink = sink;
    this.#buffer = new LineBuffer(maxBufferBytes);
    this.#dropSummary = dropSummary;
    this.#onTrouble = onTrouble;
  }

  push(line: string, level: LogLevel): void {
    if (!this.#buffer.push(line, level)) {
      this.#dropped ??= { debug: 0, info: 0, warn: 0, error: 0 };
      this.#dropped[level]++;
      logLinesDropped.inc({ reason: 'buffer_full' });
      return;
    }
    this.#accepted[level]++;
    if (level === 'error') this.#urgent = true;
    if (this.#writesThrough) this.flushSync();
    else this.#schedule();
  }

  /** Writes what is there now. Resolves when it is written, or when writing failed. */
  async flush(): Promise<void> {
    await this.#working;
    this.#unschedule();
    this.#urgent = true;
    await this.#work();
  }

  /** Writes everything before it returns; what cannot be written stays in the buffer. For the last moments of a process. */
  flushSync(): void {
    this.#unschedule();
    try {
      for (;;) {
        this.#inFlight ??= this.#next();
        if (this.#inFlight.length === 0) break;
        this.#sink.writeSync(this.#inFlight);
        this.#inFlight = undefined;
        this.#retryMs = 0;
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#dropEmptyFlight();
    this.#publish();
    this.#retryLater();
  }

  /** From now on every line is written before `push` returns: there is no later any more. */
  writeThrough(): void {
    this.#writesThrough = true;
    this.flushSync();
  }

  close(): void {
    this.flushSync();
    this.#unschedule();
    this.#sink.close();
  }

  #schedule(): void {
    if (this.#working || this.#retryMs > 0) return;
    const eager = this.#isDue;
    if (this.#timer) {
      if (!eager || this.#eager) return;
      this.#unschedule();
    }
    this.#eager = eager;
    // Neither keeps the process alive: what is left is written when it exits.
    this.#timer = eager ? setImmediate(this.#start).unref() : setTimeout(this.#start, LAZY_MS).unref();
  }

  #unschedule(): void {
    clearTimeout(this.#timer as NodeJS.Timeout);
    clearImmediate(this.#timer as NodeJS.Immediate);
    this.#timer = undefined;
  }

  readonly #start = (): void => {
    this.#timer = undefined;
    void this.#work();
  };

  #work(): Promise<void> {
    this.#working ??= this.#writeAll().finally(() => {
      this.#working = undefined;
      this.#retryLater();
      if (this.#buffer.bytes > 0) this.#schedule();
    });
    return this.#working;
  }

  async #writeAll(): Promise<void> {
    try {
      for (;;) {
        const chunk = (this.#inFlight ??= this.#next());
        if (chunk.length === 0) break;
        await this.#sink.write(chunk);
        // A flushSync may have written it meanwhile and gone on.
        if (this.#inFlight === chunk) this.#inFlight = undefined;
        this.#retryMs = 0;
        // What came meanwhile may wait until it is worth a write.
        if (!this.#isDue) break;
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#dropEmptyFlight();
    this.#publish();
  }

  get #isDue(): boolean {
    return this.#urgent || this.#buffer.bytes > EAGER_BYTES;
  }

  #retryLater(): void {
    if (this.#retryMs > 0 && !this.#working) this.#timer ??= setTimeout(this.#start, this.#retryMs).unref();
  }

  #next(): Buffer {
    if (this.#dropped && this.#buffer.relaxed) {
      const summary = this.#dropSummary(this.#dropped);
      this.#dropped = undefined;
      this.#buffer.push(summary, 'error');
    }
    const chunk = this.#buffer.take();
    if (this.#buffer.bytes === 0) this.#urgent = false;
    return chunk;
  }

  #failed(error: unknown): void {
    if (this.#retryMs === 0) this.#onTrouble(error);
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2 || FIRST_RETRY_MS);
    logWriteErrors.inc({ error_code: (error as NodeJS.ErrnoException).code ?? 'unknown' });
  }

  #dropEmptyFlight(): void {
    if (this.#inFlight?.length === 0) this.#inFlight = undefined;
  }

  /** Counts in batches: to count each line would cost as much as to write it. */
  #publish(): void {
    logBufferBytes.set({}, this.#buffer.bytes + (this.#inFlight?.length ?? 0));
    for (const level of Object.keys(this.#accepted) as LogLevel[]) {
      if (this.#accepted[level] > 0) logLines.inc({ level }, this.#accepted[level]);
      this.#accepted[level] = 0;
    }
  }
}
