import { connect, type ChannelModel, type RecoveringChannelModel } from 'amqplib';
import { messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { reconnects } from './messaging.metrics.js';

const log = createLogger('AmqpLink');

const CONNECT_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 3_000;

export interface AmqpLinkOptions {
  /** `amqp://` or `amqps://`; `heartbeat` in its query wins over `heartbeatSeconds`. */
  url: string;
  /** Shown in the broker's list of connections. */
  name: string;
  purpose: 'publish' | 'consume';
  heartbeatSeconds: number;
  /** Runs on every new connection before it counts as open. A failure closes the connection and it is tried again. */
  onOpen(model: ChannelModel): Promise<void>;
  /** The connection is gone. */
  onLost?(): void;
  /** The broker stopped (or started again) to take what this connection publishes. */
  onBlocked?(blocked: boolean): void;
}

/**
 * One connection to the broker that comes back by itself, with jittered back-off from 100 ms to 5 s. It opens in the
 * background: a broker that is late delays nobody but its users.
 */
export class AmqpLink {
  private recovering: RecoveringChannelModel | undefined;
  private current: ChannelModel | undefined;
  private opening: Promise<void> | undefined;
  private connectedBefore = false;
  private closing = false;
  private lastError = 'not connected yet';

  constructor(private readonly options: AmqpLinkOptions) {}

  get isOpen(): boolean {
    return this.current !== undefined;
  }

  /** The present connection, or undefined while there is none. */
  get model(): ChannelModel | undefined {
    return this.current;
  }

  /** Why there is no connection, for people. */
  get trouble(): string {
    return this.lastError;
  }

  /** Starts to connect, once; resolves when the machinery runs, not when the broker has answered. */
  open(): Promise<void> {
    return (this.opening ??= this.start());
  }

  /** @returns true when the connection is open within `timeoutMs` */
  async waitUntilOpen(timeoutMs: number): Promise<boolean> {
    await this.open();
    const expired = new AbortController();
    const first = this.recovering?.waitForConnect().then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([first, sleep(timeoutMs, expired.signal)]);
    expired.abort();
    return this.isOpen;
  }

  /** Closes for good. A broker that does not answer is left alone after 3 s. */
  async close(): Promise<void> {
    this.closing = true;
    const model = this.current;
    const patience = new AbortController();
    await Promise.race([this.recovering?.close(), sleep(CLOSE_TIMEOUT_MS, patience.signal)]);
    patience.abort();
    if (model) destroySocket(model);
    this.lost(model);
  }

  private async start(): Promise<void> {
    const { url, name, purpose, heartbeatSeconds } = this.options;
    const recovering = await connect(withHeartbeat(url, heartbeatSeconds), {
      noDelay: true,
      keepAlive: true,
      timeout: CONNECT_TIMEOUT_MS,
      clientProperties: { connection_name: `${name} ${purpose}` },
      recovery: {
        waitForConnect: false,
        initialDelay: 100,
        maxDelay: 5_000,
        setup: (model: ChannelModel) => this.setUp(model),
      },
    });
    this.recovering = recovering;
    recovering.on('error', (error) => (this.lastError = messageOf(error)));
    recovering.on('reconnect-scheduled', ({ attempt, delay, error }) => {
      this.lastError = messageOf(error);
      log.warn('no connection to the broker', {
        event: { action: 'amqp.connect', outcome: 'failure' },
        labels: { purpose, attempt, delay_ms: delay, reason: messageOf(error) },
      });
    });
  }

  private async setUp(model: ChannelModel): Promise<void> {
    const gone = new Promise<never>((_resolve, reject) => {
      model.once('close', (error?: Error) => {
        this.lost(model);
        reject(error ?? new Error('the connection was closed'));
      });
    });
    // Without a listener of its own, a failure after the set-up would count as unhandled.
    gone.catch(() => undefined);
    model.on('error', (error) => (this.lastError = messageOf(error)));
    model.on('blocked', () => this.options.onBlocked?.(true));
    model.on('unblocked', () => this.options.onBlocked?.(false));
    await Promise.race([this.options.onOpen(model), gone]);
    if (this.connectedBefore) reconnects.inc({ purpose: this.options.purpose });
    this.connectedBefore = true;
    this.current = model;
    log.info('connected to the broker', {
      event: { action: 'amqp.connect', outcome: 'success' },
      labels: { purpose: this.options.purpose },
    });
  }

  private lost(model: ChannelModel | undefined): void {
    if (model === undefined || this.current !== model) return;
    this.current = undefined;
    if (!this.closing) log.warn('the connection to the broker is lost', { labels: { reason: this.lastError } });
    this.options.onLost?.();
  }
}

function withHeartbeat(url: string, seconds: number): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(seconds));
  return parsed.href;
}

/** A frozen broker never answers the close handshake; the socket would keep the process alive. */
function destroySocket(model: ChannelModel): void {
  const { stream } = model.connection as unknown as { stream?: { destroy(): void } };
  stream?.destroy();
}
