import { randomBytes } from 'node:crypto';
import type { TraceContext } from '../context/trace-context.js';
import { cleanText } from './clean-text.js';
import { ECS_VERSION } from './ecs-fields.js';
import { errorMembers } from './error-fields.js';
import { FieldWriter } from './field-members.js';
import type { LogLevel } from './levels.js';
import type { LogFields } from './log-fields.js';
import { processTrace } from './process-trace.js';
import { safeGet } from './safe-get.js';

const MESSAGE_LIMIT = 8_192;
const LOGGER_LIMIT = 128;

/** Who writes: the same in every line of the process. */
export interface ServiceIdentity {
  service: string;
  version: string;
  environment: string;
  /** Tells the replicas of a service apart. */
  instance: string;
}

/** One call of a logger. */
export interface LogRecord {
  level: LogLevel;
  logger: string;
  message: string;
  fields?: LogFields | undefined;
  error?: unknown;
  /** Without one the line belongs to the process itself. */
  trace?: TraceContext | undefined;
}

/**
 * Writes records as single lines of JSON in the Elastic Common Schema. What identifies a line (`@timestamp`, `log.*`,
 * `trace.id`, `span.id`, `service.*`, `event.id` ...) is set here and nowhere else.
 */
export class EcsEncoder {
  readonly #identity: string;
  readonly #idPrefix = randomBytes(9).toString('base64url');
  #sequence = 0;
  #lastMs = 0;
  #lastTime = '';

  constructor({ service, version, environment, instance }: ServiceIdentity) {
    this.#identity =
      `,"ecs.version":"${ECS_VERSION}","service.name":${JSON.stringify(service)},"service.version":${JSON.stringify(version)}` +
      `,"service.environment":${JSON.stringify(environment)},"service.node.name":${JSON.stringify(instance)},"process.pid":${process.pid}`;
  }

  encode({ level, logger, message, fields, error, trace = processTrace }: LogRecord): string {
    const writer = new FieldWriter();
    const members = fields ? writer.ecsMembers(fields) : '';
    const thrown = error ?? (fields && safeGet(fields, 'error'));
    if (trace.requestId !== trace.traceId) writer.addLabel('request_id', trace.requestId);
    return (
      this.head(
        level,
        escaped(logger.slice(0, LOGGER_LIMIT)),
        escaped(cleanText(String(message), MESSAGE_LIMIT)),
        trace,
      ) +
      this.#withEventId(members) +
      writer.labels() +
      (thrown === undefined || thrown === null ? '' : `,"error":{${errorMembers(thrown)}}`) +
      '}'
    );
  }

  /** The members every line starts with, up to but without `event`. What is given has to be clean, and escaped as in JSON. */
  head(level: LogLevel, logger: string, message: string, { traceId, spanId, parentSpanId }: TraceContext): string {
    const parent = parentSpanId ? `","parent.id":"${parentSpanId}` : '';
    return `{"@timestamp":"${this.#now()}","log.level":"${level}","message":"${message}","log.logger":"${logger}","trace.id":"${traceId}","span.id":"${spanId}${parent}"${this.#identity}`;
  }

  /** An id that no other line has; lets Elasticsearch refuse the second copy of a line that was sent twice. */
  nextEventId(): string {
    return `${this.#idPrefix}${(this.#sequence++).toString(36)}`;
  }

  #withEventId(members: string): string {
    const id = `"id":"${this.nextEventId()}"`;
    const start = ',"event":{';
    if (!members.includes(start)) return `,"event":{${id}}${members}`;
    // The text cannot be inside of a value: there its quotes would be escaped.
    return members.replace(start, `${start}${id},`);
  }

  #now(): string {
    const now = Date.now();
    if (now !== this.#lastMs) {
      this.#lastMs = now;
      this.#lastTime = new Date(now).toISOString();
    }
    return this.#lastTime;
  }
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
