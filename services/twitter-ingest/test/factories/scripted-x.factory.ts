import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '#libs/config';
import { X_LIMITS, XApi, type XLimits, type XSettings } from '../../src/sources/x/index.js';

export type Reply = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface ScriptedX {
  url: string;
  /** Paths with their queries, in the order they came. */
  requests: { method: string; url: URL; headers: IncomingMessage['headers']; body: string }[];
  /** What the next requests get; the last one stays. */
  replies: Reply[];
  close(): Promise<void>;
}

export const TOKEN = 'canary-AAAAAAAAAAAAAAAAAAAAAbearer%3Dtoken';

/** A server that answers exactly what a test tells it to. */
export async function startScriptedX(...replies: Reply[]): Promise<ScriptedX> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const url = new URL(request.url ?? '/', 'http://scripted');
      scripted.requests.push({ method: request.method ?? '', url, headers: request.headers, body });
      const reply = scripted.replies.length > 1 ? scripted.replies.shift() : scripted.replies[0];
      reply?.(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const scripted: ScriptedX = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    replies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return scripted;
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return raw(JSON.stringify(body), status, { 'content-type': 'application/json; charset=utf-8', ...headers });
}

export function raw(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Reply {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

export function rateHeaders(remaining: number, resetAt = Date.now() + 60_000): Record<string, string> {
  return {
    'x-rate-limit-limit': '450',
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(Math.floor(resetAt / 1_000)),
  };
}

export function xSettingsOf({ url }: ScriptedX, settings: Partial<XSettings> = {}): XSettings {
  const limits = { ...X_LIMITS, requestMs: 2_000, silenceMs: 1_000 };
  return { baseUrl: url, token: new Secret(TOKEN), simulated: false, spelling: 'tweet', limits, ...settings };
}

export function xApiOf(x: ScriptedX, settings: Partial<XSettings> = {}, limits: Partial<XLimits> = {}): XApi {
  const defaults = xSettingsOf(x, settings);
  return new XApi({ ...defaults, limits: { ...defaults.limits, ...limits } });
}
