import type { TraceContext } from '../context/trace-context.js';
import { cleanText } from '../logs/clean-text.js';
import type { LogLevel } from '../logs/levels.js';
import { activePipeline } from '../logs/pipeline-state.js';
import { methodLabel, OTHER_METHOD } from './http-method.js';

const LOGGER = 'HttpServer';
const PATH_LIMIT = 512;
const QUERY_LIMIT = 512;
const AGENT_LIMIT = 256;

/** What an access line tells. */
export interface Access {
  method: string;
  url: string;
  route: string;
  status: number;
  durationMs: number;
  /** The client went away before it had the whole answer. */
  aborted: boolean;
  responseBytes: number | undefined;
  clientIp: string | undefined;
  userAgent: string | undefined;
  trace: TraceContext;
}

/** The level of an access line: our failures are errors, the caller's mistakes are not. */
export function accessLevel(status: number): LogLevel {
  return status >= 500 ? 'error' : 'info';
}

/** Writes one access line. Put together by hand, because it is on the path of every request. */
export function writeAccessLine(level: LogLevel, access: Access): void {
  const { url, route, status, aborted, trace } = access;
  const { encoder, writeLine } = activePipeline();
  const mark = url.indexOf('?');
  const path = quoted(cleanText(mark < 0 ? url : url.slice(0, mark), PATH_LIMIT));
  const method =
    methodLabel(access.method) === OTHER_METHOD ? quoted(cleanText(access.method, 32)) : `"${access.method}"`;
  const outcome = status >= 500 || aborted ? 'failure' : 'success';
  const head = encoder.head(level, LOGGER, `${inside(method)} ${inside(path)} ${status}`, trace);
  // A request id is made of characters that need no escape, whoever gave it.
  let line = `${head},"event":{"id":"${encoder.nextEventId()}","action":"http-request","category":["web"],"kind":"event","outcome":"${outcome}","duration":${Math.round(access.durationMs * 1e6)}},"http":{"request":{"method":${method},"id":"${trace.requestId}"},"response":{"status_code":${status}`;
  if (access.responseBytes !== undefined) line += `,"bytes":${access.responseBytes}`;
  line += `}},"url":{"path":${path}`;
  if (mark >= 0) line += `,"query":${quoted(cleanText(url.slice(mark + 1), QUERY_LIMIT))}`;
  line += `},"labels":{"http_route":${quoted(route)}${aborted ? ',"aborted":true' : ''}}`;
  if (access.clientIp !== undefined) line += `,"client":{"ip":${quoted(access.clientIp)}}`;
  if (access.userAgent !== undefined) {
    line += `,"user_agent":{"original":${quoted(cleanText(access.userAgent, AGENT_LIMIT))}}`;
  }
  writeLine(level, `${line}}`);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function inside(json: string): string {
  return json.slice(1, -1);
}
