import { sleep } from '#libs/kernel';

const EVERY_MS = 200;

/** Somebody who reads, asks for reports and hands in texts, without waiting for one before the next. */
export class Traffic {
  private readonly stopped = new AbortController();
  private readonly asked = new Set<Promise<void>>();
  private readonly running: Promise<void>;

  constructor(
    private readonly baseUrl: string,
    private readonly tag: string,
  ) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
    await Promise.all(this.asked);
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      this.ask(`/api/v1/posts?tag=${this.tag}&limit=5`);
      this.ask(`/api/v1/analytics/summary?tag=${this.tag}`);
      this.ask('/sum-even', { method: 'POST', body: '2 4' });
      await sleep(EVERY_MS, this.stopped.signal);
    }
  }

  /** Answers do not matter here, nor whether there are any. */
  private ask(path: string, init?: RequestInit): void {
    const answered = fetch(`${this.baseUrl}${path}`, init)
      .then(async (answer) => void (await answer.arrayBuffer()))
      .catch(() => undefined)
      .finally(() => this.asked.delete(answered));
    this.asked.add(answered);
  }
}
