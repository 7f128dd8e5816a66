/** Stands in for the broker where processes tell each other things. */
export class FakeBroadcasts {
  private readonly listeners = new Map<string, ((message: unknown) => void)[]>();

  listen(topic: string, listener: (message: unknown) => void): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  /** What another process says. */
  hear(topic: string, message: unknown): void {
    for (const listener of this.listeners.get(topic) ?? []) listener(message);
  }
}
