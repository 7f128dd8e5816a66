import { Inject, Injectable } from '@nestjs/common';
import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { linesWith, logFilesIn, tailOf } from './log-files.js';
import { parseLogLine, type TraceLine } from './log-record.domain.js';
import type { Logged } from './ops.schema.js';

/** Of each file, when the newest warnings and errors are looked for. */
const TAIL_BYTES = 256 * 1024;
const MOST_FILES = 40;
const MOST_LOGGED = 40;

/** How much is read, and how many lines are kept, when the lines of a trace are looked for. */
const MOST_TRACE_BYTES = 512 * 1024 * 1024;
const MOST_TRACE_LINES = 500;

const SHOWN_LENGTH = 400;

const logger = createLogger('LogReader');

export interface TraceLines {
  /** By time. */
  readonly lines: TraceLine[];
  /** False when there was more to look through, or to show, than one request may. */
  readonly complete: boolean;
}

/** Reads the log files that all services of this machine write, a bounded part of them. */
@Injectable()
export class LogReader {
  private readonly dir: string | undefined;

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.dir = config.MIRANTE_LOG_DIR;
  }

  /** @returns the newest warnings and errors, newest first; null when logs are not files here */
  async newestTroubles(): Promise<Logged[] | null> {
    if (this.dir === undefined) return null;
    const found: Logged[] = [];
    for (const path of await this.files(MOST_FILES)) {
      const lines = await tailOf(path, TAIL_BYTES).catch(vanished);
      // Parsing is the dear part, and trouble is rare.
      const troubles = lines.filter((line) => /"log\.level":"(error|warn)"/.test(line)).slice(-MOST_LOGGED);
      found.push(...troubles.flatMap((line) => shown(parseLogLine(line)) ?? []));
    }
    return found.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, MOST_LOGGED);
  }

  /** @returns null when logs are not files here */
  async ofTrace(trace: string): Promise<TraceLines | null> {
    if (this.dir === undefined) return null;
    const lines: TraceLine[] = [];
    let left = MOST_TRACE_BYTES;
    for (const path of await this.files(Number.MAX_SAFE_INTEGER)) {
      const spend = (bytes: number) => (left -= bytes) > 0;
      try {
        for await (const raw of linesWith(trace, path, spend)) {
          const line = parseLogLine(raw);
          if (line?.trace_id === trace) lines.push(line);
          if (lines.length > MOST_TRACE_LINES) break;
        }
      } catch (error) {
        vanished(error);
      }
      if (left <= 0 || lines.length > MOST_TRACE_LINES) break;
    }
    const complete = left > 0 && lines.length <= MOST_TRACE_LINES;
    return {
      lines: lines.slice(0, MOST_TRACE_LINES).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
      complete,
    };
  }

  private async files(most: number) {
    try {
      return (await logFilesIn(this.dir!)).slice(0, most);
    } catch (error) {
      logger.warn(`the folder of logs cannot be read: ${messageOf(error)}`);
      return [];
    }
  }
}

/** Files are put aside and deleted while we read. */
function vanished(error: unknown): string[] {
  logger.debug(`a log file could not be read: ${messageOf(error)}`);
  return [];
}

function shown(line: TraceLine | undefined): Logged | undefined {
  if (!line) return undefined;
  const { at, level, service, logger: name, trace_id } = line;
  const cut = (text: string) => (text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
  return {
    at,
    level,
    service,
    logger: name,
    message: cut(line.message),
    error: line.error && cut(line.error),
    trace_id,
  };
}
