import { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { z } from 'zod';
import { listTaskEvents, TASK_SIGNALS, taskSignalSchema, type TaskStatus } from '#libs/contracts';
import { CodedError, messageOf, sleep } from '#libs/kernel';
import { Broadcasts, RpcClient } from '#libs/messaging';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { taskStreams } from '../gateway.metrics.js';
import { TooManyTaskStreamsError } from './tasks.errors.js';
import { isEnded } from './tasks.domain.js';

type Page = z.output<typeof listTaskEvents.output>;

interface Watcher {
  readonly tenant: string;
  readonly token: string;
  readonly stream: Readable;
  /** Id of the last change that was sent. */
  last: string;
  status: TaskStatus;
  /** Ends the pause before the next look. */
  wake: AbortController;
}

const logger = createLogger('TaskStreams');

/** The net beneath the signals, and with a comment each time what keeps proxies and idle limits from closing the stream. */
const LOOK_MS = 5_000;

/** A reader that is slower than its task is told less about progress, never less about changes. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** Streams of what happens to a task, as server-sent events (WHATWG HTML, section 9.2). */
@Injectable()
export class TaskStreams implements OnModuleDestroy {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private readonly stopping = new AbortController();
  private open = 0;

  constructor(
    private readonly rpc: RpcClient,
    broadcasts: Broadcasts,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    broadcasts.listen(TASK_SIGNALS, (message) => this.hear(message));
  }

  /**
   * A stream of the changes after `lastEventId`, and of the progress from now on. It ends with the task.
   *
   * @returns undefined when the task has ended and its end was told before: nothing will come
   * @throws TooManyTaskStreamsError; JOBS.NOT_FOUND
   */
  async watch(tenant: string, token: string, lastEventId: string | undefined): Promise<Readable | undefined> {
    if (this.stopping.signal.aborted || this.open >= this.config.MIRANTE_MAX_TASK_STREAMS) {
      throw new TooManyTaskStreamsError();
    }
    const first = await this.rpc.call(listTaskEvents, { tenant, token, after: lastEventId });
    if (lastEventId !== undefined && first.items.length === 0 && isEnded(first.task.status)) return undefined;
    const stream = new Readable({ read: () => undefined });
    stream.push('retry: 3000\n\n');
    const { status } = first.task;
    const watcher = { tenant, token, stream, last: lastEventId ?? '0', status, wake: new AbortController() };
    this.add(watcher);
    void runInContext(newContext(), () => this.follow(watcher, first));
    return stream;
  }

  onModuleDestroy(): void {
    this.stopping.abort();
    for (const watchers of this.watchers.values()) {
      for (const { stream, wake } of watchers) {
        stream.push(null);
        wake.abort();
      }
    }
  }

  private async follow(watcher: Watcher, first: Page): Promise<void> {
    const { stream, tenant, token } = watcher;
    for (let page: Page | undefined = first; !stream.destroyed && !this.stopping.signal.aborted;) {
      if (page) tell(watcher, page);
      if (isEnded(watcher.status)) return void stream.push(null);
      await sleep(LOOK_MS, watcher.wake.signal);
      // A signal that comes while the changes are being read asks for another look.
      if (watcher.wake.signal.aborted) watcher.wake = new AbortController();
      else stream.push(':\n\n');
      if (stream.destroyed) return;
      try {
        page = await this.rpc.call(listTaskEvents, { tenant, token, after: watcher.last });
      } catch (error) {
        page = undefined;
        if (error instanceof CodedError && error.kind === 'not-found') return void stream.push(null);
        logger.warn(`the changes of a task could not be read: ${messageOf(error)}`, { labels: { token } });
      }
    }
  }

  private hear(message: unknown): void {
    const signal = taskSignalSchema.safeParse(message);
    // Of a newer version, perhaps: the next look tells the same.
    if (!signal.success) return;
    const { tenant, token, progress } = signal.data;
    for (const watcher of this.watchers.get(token) ?? []) {
      if (watcher.tenant !== tenant) continue;
      if (!progress) watcher.wake.abort();
      else if (watcher.stream.readableLength < MAX_UNREAD_BYTES && !isEnded(watcher.status)) {
        watcher.stream.push(`event: progress\ndata: ${JSON.stringify(progress)}\n\n`);
      }
    }
  }

  private add(watcher: Watcher): void {
    const { token, stream } = watcher;
    const others = this.watchers.get(token) ?? new Set();
    this.watchers.set(token, others.add(watcher));
    taskStreams.set({}, ++this.open);
    stream.once('close', () => {
      watcher.wake.abort();
      others.delete(watcher);
      if (others.size === 0 && this.watchers.get(token) === others) this.watchers.delete(token);
      taskStreams.set({}, --this.open);
    });
  }
}

function tell(watcher: Watcher, { items, task }: Page): void {
  watcher.status = task.status;
  for (const { id, event } of items) {
    watcher.stream.push(`id: ${id}\nevent: status\ndata: ${JSON.stringify(event)}\n\n`);
    watcher.last = id;
    // The task was read before its changes.
    watcher.status = event.status;
  }
}
