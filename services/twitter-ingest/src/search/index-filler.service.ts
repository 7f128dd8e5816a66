import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { CodedError, messageOf, sleep } from '#libs/kernel';
import { createLogger, health, newContext, runInContext } from '#libs/observability';
import { eventQueueOf } from '#libs/messaging';
import { IndexedPostRepository } from './indexed-post.repository.js';
import { POST_INDEX, type PostIndex } from './post-index.js';
import { PostIndexer } from './post-indexer.service.js';
import { SearchStateRepository } from './search-state.repository.js';
import { indexComplete } from './search.metrics.js';
import { SEARCH_QUEUE } from './search.queue.js';

const log = createLogger('IndexFiller');

const STEP = 1_000;
/** How often a full index is looked at: somebody may have made it anew. */
const IDLE_MS = 30_000;
const BUSY_MS = 1_000;
const CONSUMER = `amqp consumer ${eventQueueOf('twitter-ingest', SEARCH_QUEUE)}`;

/** Fills the index with the posts that are older than it. Until it has them all, nobody searches in it. */
@Injectable()
export class IndexFiller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private complete = false;

  constructor(
    private readonly posts: IndexedPostRepository,
    private readonly indexer: PostIndexer,
    private readonly state: SearchStateRepository,
    @Inject(POST_INDEX) private readonly index: PostIndex,
  ) {}

  /** Whether the index holds every post, but for those of the last moment. */
  get isComplete(): boolean {
    return this.complete;
  }

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.loop;
  }

  /** Looks at the index once and fills it as far as it can. @returns whether it is complete */
  async fill(): Promise<boolean> {
    const target = await this.index.identity();
    this.note(await this.state.begin(target));
    if (this.complete) return true;
    const step = async (lastId: number) => {
      const ids = await this.posts.idsBehind(lastId, STEP);
      await this.indexer.bring(ids);
      return ids.at(-1) ?? null;
    };
    while (!this.stop.signal.aborted && (await this.state.step(target, step)));
    this.note(await this.state.begin(target));
    return this.complete;
  }

  private async run(): Promise<void> {
    await this.untilHeard();
    while (!this.stop.signal.aborted) {
      const complete = await runInContext(newContext(), () => this.tryToFill());
      await sleep(complete ? IDLE_MS : BUSY_MS, this.stop.signal);
    }
  }

  /** A post that is stored before the queue is there would be neither filled in nor heard of. */
  private async untilHeard(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const { checks } = await health.snapshot();
      if (checks.some(({ name, ok }) => name === CONSUMER && ok)) return;
      await sleep(200, this.stop.signal);
    }
  }

  private async tryToFill(): Promise<boolean> {
    try {
      return await this.fill();
    } catch (error) {
      const isAway = error instanceof CodedError && error.kind === 'unavailable';
      const what = `the full-text index cannot be filled: ${messageOf(error)}`;
      log.warn(what, { event: { action: 'search-fill', outcome: 'failure' } }, isAway ? undefined : error);
      return false;
    }
  }

  private note(complete: boolean): void {
    if (complete && !this.complete) {
      log.info('the full-text index holds every post', {
        event: { action: 'search-fill', outcome: 'success' },
        labels: { index: this.index.name },
      });
    }
    this.complete = complete;
    indexComplete.set({}, complete ? 1 : 0);
  }
}
