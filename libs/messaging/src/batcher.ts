/**
 * Gathers items and hands them on in batches: when `maxItems` are there, or `maxWaitMs` after the first. One batch at a
 * time, in the order of arrival.
 */
export class Batcher<T> {
  private waiting: T[] = [];
  private running = false;
  private due: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: { maxItems: number; maxWaitMs: number },
    private readonly handle: (items: T[]) => Promise<void>,
  ) {}

  /** @param urgent do not wait for others, as none will come before this one is done */
  add(item: T, urgent: boolean = false): void {
    this.waiting.push(item);
    if (urgent || this.waiting.length >= this.options.maxItems) this.start();
    else this.due ??= setTimeout(() => this.start(), this.options.maxWaitMs);
  }

  /** Starts no more batches. @returns the items that have not started */
  close(): T[] {
    clearTimeout(this.due);
    this.due = undefined;
    return this.waiting.splice(0);
  }

  private start(): void {
    clearTimeout(this.due);
    this.due = undefined;
    if (!this.running) void this.drain();
  }

  private async drain(): Promise<void> {
    this.running = true;
    try {
      do {
        await this.handle(this.waiting.splice(0, this.options.maxItems));
      } while (this.waiting.length >= this.options.maxItems);
    } finally {
      this.running = false;
    }
    // The items that came meanwhile have waited at least as long as the batch took.
    if (this.waiting.length > 0) this.due ??= setTimeout(() => this.start(), this.options.maxWaitMs);
  }
}
