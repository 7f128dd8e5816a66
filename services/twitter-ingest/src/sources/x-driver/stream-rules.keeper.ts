import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import type { FollowedPart } from '../../captures/source-driver.js';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { NO_PART, type Access, type UpstreamGate } from '../../upstream/index.js';
import type { XApi, XRule } from '../x/index.js';
import { diffRules } from './stream-rules.js';
import { streamRules } from './x-driver.metrics.js';

const logger = createLogger('XStreamRules');

/** X takes 100 changes per 15 minutes; wishes that come faster are put together. */
const LEAST_PAUSE_MS = 10_000;

/** Keeps the rules of a stream equal to what is followed, and knows whom each rule serves. */
export class StreamRulesKeeper {
  private rules: XRule[] | null = null;
  private partsOf = new Map<string, number[]>();
  /** Rules that were ended: posts that are still on their way belong to somebody. */
  private readonly former = new Map<string, number[]>();
  private changedAt = -Infinity;

  constructor(
    private readonly api: XApi,
    private readonly gate: UpstreamGate,
    private readonly access: Omit<Access, 'endpoint'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Forgets what X is believed to have: it is read again. */
  forget(): void {
    this.rules = null;
  }

  get count(): number {
    return this.partsOf.size;
  }

  /** @returns parts whose posts a rule brings, in the order in which they pay */
  partsFor(ruleTags: readonly string[]): number[] {
    const parts = new Set<number>();
    for (const tag of ruleTags) {
      for (const partId of this.partsOf.get(tag) ?? this.former.get(tag) ?? []) parts.add(partId);
    }
    return [...parts];
  }

  /**
   * @param urgent money is at stake: not put off
   * @returns the parts for which X has taken a new rule
   */
  async sync(parts: readonly FollowedPart[], urgent: boolean, stop: AbortSignal): Promise<number[]> {
    this.rules ??= await this.gate.free({ ...this.access, endpoint: 'rules-read' }, () => this.api.rules(stop), stop);
    const diff = diffRules(this.rules, parts);
    const changes = diff.add.length + diff.delete.length > 0;
    if (changes && !urgent && this.now() - this.changedAt < LEAST_PAUSE_MS) return [];
    for (const [tag, partIds] of this.partsOf) this.former.set(tag, partIds);
    this.partsOf = diff.partsOf;
    for (const tag of this.partsOf.keys()) this.former.delete(tag);
    if (changes) await this.change(this.rules, diff, stop);
    streamRules.set({ source: this.access.source }, this.partsOf.size);
    return diff.add.flatMap(({ tag }) => diff.partsOf.get(tag) ?? []);
  }

  private async change(
    rules: XRule[],
    diff: { add: { value: string; tag: string }[]; delete: string[] },
    stop: AbortSignal,
  ): Promise<void> {
    this.changedAt = this.now();
    // Whatever happens on the way: what X has afterwards is known only when both are done.
    this.rules = null;
    const access = { ...this.access, endpoint: 'rules-write' } as const;
    let now = rules;
    if (diff.delete.length > 0) {
      await this.gate.free(access, () => this.api.changeRules({ delete: diff.delete }, stop), stop);
      const gone = new Set(diff.delete);
      now = now.filter(({ id }) => !gone.has(id));
    }
    if (diff.add.length > 0) {
      const result = await this.gate.free(access, () => this.api.changeRules({ add: diff.add }, stop), stop);
      for (const { detail } of result.errors) logger.warn(`X has not taken a rule: ${detail}`);
      now = [...now, ...result.added];
      // Known again only when every rule was taken: a refused one may be there already.
      if (result.errors.length > 0) return;
    }
    this.rules = now;
  }

  /** Like {@link sync}, but a stream that works goes on when its rules cannot be changed at the moment. */
  async trySync(parts: readonly FollowedPart[], urgent: boolean, stop: AbortSignal): Promise<number[]> {
    try {
      return await this.sync(parts, urgent, stop);
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.reaction === 'halt-source') throw error;
      logger.warn(`the rules of the stream could not be changed: ${messageOf(error)}`);
      return [];
    }
  }
}

/** Who pays for a post that no part of ours has asked for. */
export function payerOf(parts: readonly number[]): number {
  return parts[0] ?? NO_PART;
}
