import type { IncomingMessage } from 'node:http';
import { WebSocket, type RawData } from 'ws';
import { EgressError, type Egress } from '#libs/egress';
import { messageOf } from '#libs/kernel';
import { UpstreamError } from '../../captures/upstream.errors.js';

/** Only posts carry tags; reposts name nothing but the post they share, so they would be the whole network's for nothing. */
const COLLECTION = 'app.bsky.feed.post';

/** Longest event; a post has at most a few kilobytes, its repository entry 1 MB. */
const MAX_EVENT_BYTES = 2 * 1024 * 1024;

const PING_MS = 5_000;
const SILENCE_MS = 20_000;
const MAX_REFUSAL_BYTES = 4_096;

/** The endpoint does not go back as far as the cursor (v2 says so; v1 begins later without a word). */
export class CursorTooOldError extends Error {}

/** One connection. It ends once; `closed` tells why. */
export class JetstreamConnection {
  /** Resolves when the connection is over, with the reason. Never rejects. */
  readonly closed: Promise<UpstreamError | CursorTooOldError>;
  private readonly socket: WebSocket;
  private readonly watchdog: NodeJS.Timeout;
  private lastSign = Date.now();
  private paused = false;
  private failure: UpstreamError | CursorTooOldError | null = null;

  /** @throws UpstreamError when the endpoint may not be called at all */
  constructor(
    endpoint: string,
    cursorUs: number | null,
    egress: Egress,
    private readonly onMessage: (bytes: Buffer) => void,
  ) {
    const url = new URL(endpoint);
    url.searchParams.append('wantedCollections', COLLECTION);
    if (cursorUs !== null) url.searchParams.set('cursor', String(cursorUs));
    this.socket = open(url, egress);
    this.watchdog = setInterval(() => this.look(), PING_MS);
    this.closed = new Promise((resolve) => {
      this.socket
        .on('message', (data: RawData) => this.receive(data as Buffer))
        .on('pong', () => (this.lastSign = Date.now()))
        .on('unexpected-response', (_request, response) => void this.refuse(url.host, response))
        .on('error', (error) => (this.failure ??= failureOf(url.host, error)))
        .on('close', () => {
          clearInterval(this.watchdog);
          resolve(this.failure ?? new UpstreamError('network', 'retry', `${url.host} has ended the stream`));
        });
    });
  }

  /** Stops reading: what the endpoint sends meanwhile waits there. */
  pause(): void {
    if (!this.paused && this.socket.readyState === WebSocket.OPEN) this.socket.pause();
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.lastSign = Date.now();
    if (this.socket.isPaused) this.socket.resume();
  }

  close(): void {
    clearInterval(this.watchdog);
    this.socket.terminate();
  }

  /** Asks for a sign of life that comes behind everything sent so far. @returns false when there is no open connection */
  ping(onPong: () => void): boolean {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.once('pong', onPong);
    this.socket.ping();
    return true;
  }

  private receive(data: Buffer): void {
    this.lastSign = Date.now();
    this.onMessage(data);
  }

  private look(): void {
    if (this.paused) return;
    if (Date.now() - this.lastSign > SILENCE_MS) {
      this.failure ??= new UpstreamError('network', 'retry', `${new URL(this.socket.url).host} has been silent for ${SILENCE_MS / 1_000} s`); // prettier-ignore
      this.socket.terminate();
    } else if (this.socket.readyState === WebSocket.OPEN) this.socket.ping();
  }

  private async refuse(host: string, response: IncomingMessage): Promise<void> {
    let text = '';
    try {
      for await (const chunk of response) {
        text += String(chunk);
        if (text.length > MAX_REFUSAL_BYTES) break;
      }
    } catch {
      // The status says enough.
    }
    this.failure ??= refusalOf(host, response, text);
    this.socket.terminate();
  }
}

function open(url: URL, egress: Egress): WebSocket {
  try {
    const options = { ...egress.webSocketOptions(url), maxPayload: MAX_EVENT_BYTES };
    return new WebSocket(url, options);
  } catch (error) {
    throw failureOf(url.host, error);
  }
}

function refusalOf(
  host: string,
  { statusCode = 0, headers }: IncomingMessage,
  text: string,
): UpstreamError | CursorTooOldError {
  if (statusCode === 400 && text.includes('CursorTooOld'))
    return new CursorTooOldError(`${host} does not go back that far`);
  const details = { status: statusCode, requests: 1 };
  if (statusCode === 429) {
    const seconds = Math.min(Math.max(Number(headers['retry-after']) || 60, 1), 3_600);
    const until = new Date(Date.now() + seconds * 1_000);
    return new UpstreamError('rate-window', 'wait', `${host} wants a pause`, { ...details, until });
  }
  const reason = statusCode >= 500 ? 'upstream-unavailable' : 'rejected-request';
  return new UpstreamError(reason, 'retry', `${host} refuses the stream (status ${statusCode})`, details);
}

function failureOf(host: string, error: unknown): UpstreamError {
  if (error instanceof EgressError) {
    return new UpstreamError('refused-address', 'fail', `${host} cannot be asked: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no connection';
  const malformed = code.startsWith('WS_ERR');
  return new UpstreamError(
    malformed ? 'malformed-answer' : 'network',
    'retry',
    `the stream of ${host} broke (${code})`,
    {
      cause: error,
    },
  );
}
