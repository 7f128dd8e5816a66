import type { TraceContext } from '../context/trace-context.js';
import { cleanText } from '../logs/clean-text.js';
import type { LogLevel } from '../logs/levels.js';
import { activePipeline } from '../logs/pipeline-state.js';

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
  const { method, url, route, status, durationMs, aborted, trace } = access;
  const { encoder, writeLine } = activePipeline();
  const mark = url.indexOf('?');
  const path = cleanText(mark < 0 ? url : url.slice(0, mark), PATH_LIMIT);
  const verb = cleanText(method, 32);
  const outcome = status >= 500 || aborted ? 'failure' : 'success';
  let line = encoder.head(level, LOGGER, `${verb} ${path} ${status}`, trace);
  line += `,"event":{"id":"${encoder.nextEventId()}","action":"http-request","category":["web"],"kind":"event","outcome":"${outcome}","duration":${Math.round(durationMs * 1e6)}}`;
  line += `,"http":{"request":{"method":${JSON.stringify(verb)},"id":${JSON.stringify(trace.requestId)}},"response":{"status_code":${status}`;
  if (access.responseBytes !== undefined) line += `,"bytes":${access.responseBytes}`;
  line += `}},"url":{"path":${JSON.stringify(path)}`;
  if (mark >= 0) line += `,"query":${JSON.stringify(cleanText(url.slice(mark + 1), QUERY_LIMIT))}`;
  line += `},"labels":{"http_route":${JSON.stringify(route)}`;
  if (aborted) line += ',"aborted":true';
  line += '}';
  if (access.clientIp !== undefined) line += `,"client":{"ip":${JSON.stringify(access.clientIp)}}`;
  if (access.userAgent !== undefined) {
    line += `,"user_agent":{"original":${JSON.stringify(cleanText(access.userAgent, AGENT_LIMIT))}}`;
  }
  writeLine(level, `${line}}`);
}
