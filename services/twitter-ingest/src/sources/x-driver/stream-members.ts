import type { Source } from '#libs/contracts';
import { UpstreamError } from '../../captures/upstream.errors.js';
import type { FollowedPart } from '../../captures/source-driver.js';
import { NO_PART, type BudgetLedger } from '../../upstream/index.js';

/** Posts a stream may still bring after the order to end a rule: money for so many is kept aside. */
const HELD_POSTS = 10;
/** The same for the money of the day, which all parts share: a quarter of a second of a busy stream. */
const HELD_POSTS_TOGETHER = 50;
/** What is kept aside is renewed this often, so that nobody takes it for that of a dead process. */
const RENEW_MS = 60_000;
/** A part without money is looked at again after this long: its owner may have raised the budget. */
const RETRY_MS = 15_000;

/**
 * Which parts a stream may serve for their money. For each the price of a few posts is kept aside, so that what X still
 * pushes while a rule is being removed is covered as well.
 */
export class StreamMembers {
  private readonly heldAt = new Map<number, number>();
  private limited = new Set<number>();
  private readonly refusedAt = new Map<number, number>();

  constructor(
    private readonly ledger: BudgetLedger,
    private readonly source: Source,
    private readonly perPost: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** How much a part may cost before it is settled; null when only the money of the day limits it. */
  limitOf(partId: number): number | null {
    return this.limited.has(partId) ? this.perPost * HELD_POSTS : null;
  }

  /** Parts that have just been charged: what is kept aside for them has to be checked. */
  charged(partIds: Iterable<number>): void {
    for (const partId of partIds) this.heldAt.delete(partId);
    this.heldAt.delete(NO_PART);
  }

  /**
   * @returns the parts whose posts can be paid for
   * @throws UpstreamError `daily-budget` when nobody's can
   */
  async admit(parts: readonly FollowedPart[]): Promise<FollowedPart[]> {
    await this.dropGone(parts);
    this.limited = new Set(parts.filter((part) => part.budgetMicroUsd !== null).map(({ partId }) => partId));
    if (!(await this.holds({ partId: NO_PART, budgetMicroUsd: null }))) {
      const message = 'what all captures may spend today is used up, so the stream is closed';
      throw new UpstreamError('daily-budget', 'wait', message, { until: this.midnight() });
    }
    const admitted: FollowedPart[] = [];
    for (const part of parts) {
      if (part.budgetMicroUsd === null || (await this.holds(part))) admitted.push(part);
    }
    return admitted;
  }

  private async holds(part: Pick<FollowedPart, 'partId' | 'budgetMicroUsd'>): Promise<boolean> {
    const { partId, budgetMicroUsd } = part;
    const now = this.now();
    if (now - (this.heldAt.get(partId) ?? -Infinity) < RENEW_MS) return true;
    if (now - (this.refusedAt.get(partId) ?? -Infinity) < RETRY_MS) return false;
    const posts = partId === NO_PART ? HELD_POSTS_TOGETHER : HELD_POSTS;
    const held = await this.ledger.hold({ source: this.source, partId, budgetMicroUsd }, this.perPost * posts);
    if (held) {
      this.heldAt.set(partId, now);
      this.refusedAt.delete(partId);
    } else {
      this.heldAt.delete(partId);
      this.refusedAt.set(partId, now);
    }
    return held;
  }

  private async dropGone(parts: readonly FollowedPart[]): Promise<void> {
    const present = new Set(parts.map(({ partId }) => partId));
    for (const partId of this.heldAt.keys()) {
      if (partId === NO_PART || present.has(partId)) continue;
      this.heldAt.delete(partId);
      await this.ledger.dropHold(this.source, partId);
    }
  }

  private midnight(): Date {
    return new Date((Math.floor(this.now() / 86_400_000) + 1) * 86_400_000 + 5_000);
  }
}
