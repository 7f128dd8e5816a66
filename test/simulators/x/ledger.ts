/** Prices in millionths of a US dollar. */
export interface XPrices {
  post: number;
  user: number;
  counts: number;
  countsAll: number;
}

export const X_PRICES: XPrices = { post: 5_000, user: 10_000, counts: 5_000, countsAll: 10_000 };

export interface XBill {
  posts: number;
  users: number;
  requests: number;
  microUsd: number;
}

/** What X charges: each post and user once per UTC day however often it is read, and each count of posts. */
export class XLedger {
  private readonly billed = new Map<string, { posts: Set<string>; users: Set<string> }>();
  private requestsMicroUsd = 0;
  private requests = 0;
  private postReads = 0;

  constructor(
    private readonly now: () => number,
    private readonly usersBilled: boolean,
    private readonly prices: XPrices = X_PRICES,
  ) {}

  /** Called for what has left the house whole, not for what was only asked. */
  read(postIds: readonly string[], userIds: readonly string[]): void {
    const day = this.dayOf(this.now());
    for (const id of postIds) day.posts.add(id);
    if (this.usersBilled) for (const id of userIds) day.users.add(id);
    this.postReads += postIds.length;
  }

  counted(archive: boolean): void {
    this.requests++;
    this.requestsMicroUsd += archive ? this.prices.countsAll : this.prices.counts;
  }

  /** @param day `YYYY-MM-DD`; all days when it is left out */
  bill(day?: string): XBill {
    const days = [...this.billed].filter(([name]) => day === undefined || name === day).map(([, sets]) => sets);
    const posts = days.reduce((sum, sets) => sum + sets.posts.size, 0);
    const users = days.reduce((sum, sets) => sum + sets.users.size, 0);
    const microUsd = posts * this.prices.post + users * this.prices.user + this.requestsMicroUsd;
    return { posts, users, requests: this.requests, microUsd };
  }

  perDay(): { date: string; posts: number }[] {
    return [...this.billed].map(([date, { posts }]) => ({ date, posts: posts.size }));
  }

  /** Reads before any of them was found to be a repetition. */
  get reads(): number {
    return this.postReads;
  }

  private dayOf(ms: number) {
    const name = new Date(ms).toISOString().slice(0, 10);
    let day = this.billed.get(name);
    if (!day) this.billed.set(name, (day = { posts: new Set(), users: new Set() }));
    return day;
  }
}
