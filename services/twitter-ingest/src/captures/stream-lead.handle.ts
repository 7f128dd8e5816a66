import type { FollowedPartRepository } from './followed-part.repository.js';
import { captureErrors } from './capture.metrics.js';
import { LeaseLostError } from './captures.errors.js';
import { verdictOf, type Verdict } from './reaction.domain.js';
import type { Checkpoint, FollowedPart, FoundGap, StreamBatch, StreamDriver, StreamLead } from './source-driver.js';
import type { ClaimedLead, StreamLeadRepository } from './stream-lead.repository.js';
import type { StreamSink } from './stream-sink.service.js';
import { UpstreamError } from './upstream.errors.js';

/** What the leader of a stream is given. All of it stops working when the lead is lost. */
export class LeadHandle implements StreamLead {
  cursor: Checkpoint | null;
  /** Also of parts that were followed until a moment ago: what the stream has for them still counts. */
  private readonly tags = new Map<number, string>();

  constructor(
    private readonly driver: StreamDriver,
    private readonly claim: ClaimedLead,
    private readonly parts: FollowedPartRepository,
    private readonly leads: StreamLeadRepository,
    private readonly sink: StreamSink,
  ) {
    this.cursor = claim.cursor;
  }

  async followed(): Promise<readonly FollowedPart[]> {
    const parts = await followedBy(this.driver, this.parts);
    for (const { partId, tag } of parts) this.tags.set(partId, tag);
    return parts;
  }

  async save(batch: StreamBatch): Promise<void> {
    if (batch.items.some(({ partId }) => !this.tags.has(partId))) await this.followed();
    await this.sink.save(this.driver, this.claim, this.tags, batch);
    this.cursor = batch.cursor;
  }

  async catchUp(): Promise<void> {
    await this.sink.catchUp(this.claim, await this.followed());
  }

  async joined(partIds: readonly number[]): Promise<void> {
    await this.sink.joined(this.claim, partIds);
  }

  async gap(gap: FoundGap): Promise<void> {
    await this.sink.gap(this.driver, this.claim, await this.followed(), gap);
  }

  async waiting(error: Error | null, until: Date | null): Promise<void> {
    const verdict = error && this.verdictOf(error, until);
    if (!(await this.leads.saveWait(this.claim, verdict))) throw new LeaseLostError(this.claim.key);
  }

  /** The driver has decided already when to go on; what is left is how to show it. */
  private verdictOf(error: Error, until: Date | null): Verdict {
    const { reason, reaction } = error instanceof UpstreamError ? error : { reason: 'internal' as const, reaction: 'wait' as const }; // prettier-ignore
    captureErrors.inc({ source: this.driver.source, reason });
    const detail = error instanceof UpstreamError ? error.message : 'an error of this program; its logs tell more';
    if (until === null && reaction !== 'halt-source' && reaction !== 'stop-part' && reaction !== 'fail') {
      return { state: 'waiting', reason, detail, delayMs: null, endKnown: false, attempts: 0 };
    }
    return verdictOf(new UpstreamError(reason, until ? 'wait' : 'halt-source', detail, until ? { until } : {}), 0, Date.now()); // prettier-ignore
  }
}

/** The parts that a stream is to follow now. */
export async function followedBy(driver: StreamDriver, parts: FollowedPartRepository): Promise<FollowedPart[]> {
  const rows = await parts.followed(driver.source, driver.storedAs);
  return rows.filter(({ ask }) => driver.follows(ask)).map(({ part }) => part);
}
