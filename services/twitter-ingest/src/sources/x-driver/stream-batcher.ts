/** When a batch is handed on: by size, or by the age of its first item. */
export interface BatchLimits {
  items: number;
  ms: number;
}

/**
 * Collects items and hands them on in batches, one at a time. Whoever adds has to wait while a full batch is held up by
 * the one before it: so a slow database slows the reader down and memory stays bounded.
 */
export class StreamBatcher<T> {
  private items: T[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** @param failed told of the first error of `save`; nothing is saved after it */
  constructor(
    private readonly limits: BatchLimits,
    private readonly save: (items: T[]) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Resolves when there is room for more. */
  async add(item: T): Promise<void> {
    this.items.push(item);
    if (this.items.length >= this.limits.items) await this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), this.limits.ms);
  }

  /** Resolves when everything added so far is saved, or `failed` was told. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running = this.running.then(() => this.saveNow());
    return this.running;
  }

  get size(): number {
    return this.items.length;
  }

  /** Drops what is not saved and saves nothing more. */
  discard(): void {
    clearTimeout(this.timer);
    this.broken = true;
    this.items = [];
  }

  private broken = false;

  private async saveNow(): Promise<void> {
    const items = this.items;
    this.items = [];
    if (items.length === 0 || this.broken) return;
    try {
      await this.save(items);
    } catch (error) {
      this.discard();
      this.failed(error);
    }
  }
}
