/**
 * A signal that aborts with the given one or when the time is over. Unlike `AbortSignal.any` it leaves nothing behind on a
 * signal that lives as long as the process: call {@link clear}.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private readonly abort = () => this.controller.abort();
  /** Whether it was the time that ran out. */
  expired = false;

  constructor(
    private readonly outer: AbortSignal,
    readonly ms: number,
  ) {
    this.timer = setTimeout(() => {
      this.expired = true;
      this.abort();
    }, ms);
    outer.addEventListener('abort', this.abort, { once: true });
    if (outer.aborted) this.abort();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  clear(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener('abort', this.abort);
  }
}
