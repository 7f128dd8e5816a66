import { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { sleep } from '#libs/kernel';
import { newContext, runInContext } from '#libs/observability';
import { VisitorFigures } from './visitor-figures.service.js';
import { TooManyStreamsError } from './visits.errors.js';
import { VISITS_CONFIG, type VisitsConfig } from './visits.config.js';
import { watchingPages } from './visits.metrics.js';

const LOOK_MS = 500;

/** A comment this often keeps proxies and our own idle limit from closing a quiet stream. */
const HEARTBEAT_MS = 15_000;

/** A page that reads slower than it is told things is left out until it has caught up. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** Pages that watch the figures, as server-sent events (WHATWG HTML, section 9.2). One look serves all of them. */
@Injectable()
export class VisitorStream implements OnModuleDestroy {
  private readonly pages = new Set<Readable>();
  private readonly stopping = new AbortController();
  private looking: Promise<void> | undefined;
  private last: string | undefined;

  constructor(
    private readonly figures: VisitorFigures,
    @Inject(VISITS_CONFIG) private readonly config: VisitsConfig,
  ) {}

  /** A stream that ends when its reader goes away or the process does. @throws TooManyStreamsError */
  open(): Readable {
    if (this.stopping.signal.aborted || this.pages.size >= this.config.MIRANTE_VISITORS_MAX_STREAMS) {
      throw new TooManyStreamsError();
    }
    const page = new Readable({ read: () => undefined });
    page.once('close', () => this.forget(page));
    this.pages.add(page);
    watchingPages.set({}, this.pages.size);
    page.push(`retry: 3000\n\n${this.last ?? ''}`);
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return page;
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    for (const page of this.pages) page.push(null);
    await this.looking;
  }

  private forget(page: Readable): void {
    this.pages.delete(page);
    watchingPages.set({}, this.pages.size);
  }

  /** Goes on for as long as somebody watches. */
  private async look(): Promise<void> {
    const { signal } = this.stopping;
    let quietSince = Date.now();
    while (this.pages.size > 0 && !signal.aborted) {
      const summary = await runInContext(newContext(), () => this.figures.fetch());
      const text = summary ? `event: figures\ndata: ${JSON.stringify(summary)}\n\n` : undefined;
      if (text !== undefined && text !== this.last) {
        this.last = text;
        this.tell(text);
        quietSince = Date.now();
      } else if (Date.now() - quietSince >= HEARTBEAT_MS) {
        this.tell(':\n\n');
        quietSince = Date.now();
      }
      await sleep(LOOK_MS, signal);
    }
    this.last = undefined;
  }

  private tell(text: string): void {
    for (const page of this.pages) {
      if (page.readableLength < MAX_UNREAD_BYTES) page.push(text);
    }
  }
}
