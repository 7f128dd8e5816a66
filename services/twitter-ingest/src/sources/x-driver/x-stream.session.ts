import { backoffMs, messageOf, sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { DatabaseUnavailableError } from '#libs/persistence';
import type { StreamBatch, StreamLead } from '../../captures/source-driver.js';
import type { BudgetLedger, UpstreamGate } from '../../upstream/index.js';
import type { XApi, XStreamItem } from '../x/index.js';
import { foldRecords, type StreamedRecord } from './stream-batch.domain.js';
import { StreamBatcher } from './stream-batcher.js';
import { StreamMembers } from './stream-members.js';
import { payerOf, StreamRulesKeeper } from './stream-rules.keeper.js';
import type { XDriverSettings } from './x-driver.settings.js';

const logger = createLogger('XStream');

const BATCH = { items: 500, ms: 250 } as const;
/** How often the rules follow what is followed. */
const SYNC_MS = 1_000;
/** A quiet stream says so this often, so that its parts do not look late. */
const QUIET_MS = 5_000;

/** One connection to the stream after the other, with its rules, its money and its batches. */
export class XStreamSession {
  private readonly members: StreamMembers;
  private readonly rules: StreamRulesKeeper;
  private readonly access;
  private savedAt = 0;
  private syncing: Promise<void> = Promise.resolve();
  /** Unsettled worst case per part, for parts with a budget of their own. */
  private readonly unsettled = new Map<number, number>();

  constructor(
    private readonly api: XApi,
    private readonly gate: UpstreamGate,
    private readonly ledger: BudgetLedger,
    private readonly settings: XDriverSettings,
    private readonly lead: StreamLead,
    private readonly works: () => void,
  ) {
    this.access = { source: api.storedAs, credential: settings.credential } as const;
    this.members = new StreamMembers(ledger, api.storedAs, settings.perPost);
    this.rules = new StreamRulesKeeper(api, gate, this.access);
  }

  /**
   * Connects and reads until the stream ends.
   *
   * @returns false when there was nothing to connect for
   * @throws UpstreamError when the stream breaks or is refused, and every error of storing
   */
  async run(stop: AbortSignal): Promise<boolean> {
    this.rules.forget();
    await this.sync(true, stop);
    if (this.rules.count === 0) {
      await sleep(SYNC_MS, stop);
      return false;
    }
    const broken = new AbortController();
    const signal = AbortSignal.any([stop, broken.signal]);
    let failure: { error: unknown } | null = null;
    const fail = (error: unknown) => {
      failure ??= { error };
      broken.abort();
    };
    const batcher = new StreamBatcher<StreamedRecord>(BATCH, (records) => this.save(records, signal), fail);
    const access = { ...this.access, endpoint: 'stream' } as const;
    const ticking = { running: false };
    const timer = setInterval(() => {
      if (ticking.running || signal.aborted) return;
      ticking.running = true;
      void this.tick(batcher, signal)
        .catch(fail)
        .finally(() => (ticking.running = false));
    }, SYNC_MS);
    try {
      const stream = await this.gate.free(access, () => this.api.stream(signal), signal);
      await this.lead.waiting(null, null);
      await this.lead.catchUp();
      for await (const item of stream) {
        this.works();
        await this.take(item, batcher);
        if (signal.aborted) break;
      }
    } catch (error) {
      if (failure === null) {
        await this.gate.failed(access, error);
        failure = { error };
      }
    } finally {
      clearInterval(timer);
      // What has arrived is paid for: it is stored although the stream has broken.
      await batcher.flush();
      batcher.discard();
    }
    if (failure !== null) throw (failure as { error: unknown }).error;
    return true;
  }

  private async take(item: XStreamItem, batcher: StreamBatcher<StreamedRecord>): Promise<void> {
    if (item.type === 'keep-alive') return;
    if (item.type === 'notice') {
      logger.warn(`X says about its stream: ${item.notice}: ${item.detail}`);
      return;
    }
    if (item.type === 'malformed') return batcher.add({ item: null, parts: [] });
    const parts = this.rules.partsFor(item.ruleTags);
    await batcher.add({ item, parts });
    const payer = payerOf(parts);
    const limit = this.members.limitOf(payer);
    if (limit === null) return;
    const unsettled = (this.unsettled.get(payer) ?? 0) + this.settings.perPost;
    this.unsettled.set(payer, unsettled);
    if (unsettled >= limit) await batcher.flush();
  }

  private async save(records: StreamedRecord[], signal: AbortSignal): Promise<void> {
    const { bills, ...batch } = foldRecords(records, payerOf);
    const payers = bills.map(({ partId }) => partId);
    await this.store({
      ...batch,
      ...this.position(),
      settle: (tx) => this.ledger.charge(tx, this.api.storedAs, bills),
    });
    for (const partId of payers) this.unsettled.delete(partId);
    this.members.charged(payers);
    const isTight = payers.some((partId) => this.members.limitOf(partId) !== null);
    if (isTight && !signal.aborted) await this.sync(true, signal);
  }

  /** Once a second: rules follow what is followed, and a quiet stream says that it is one. */
  private async tick(batcher: StreamBatcher<StreamedRecord>, signal: AbortSignal): Promise<void> {
    await this.sync(false, signal);
    if (signal.aborted || batcher.size > 0 || Date.now() - this.savedAt < QUIET_MS) return;
    await this.store({ items: [], deletions: [], invalid: 0, ...this.position() });
  }

  /** One at a time: two that both add a rule would add it twice. */
  private sync(urgent: boolean, stop: AbortSignal): Promise<void> {
    const next = this.syncing.then(() => this.syncNow(urgent, stop));
    this.syncing = next.catch(() => undefined);
    return next;
  }

  private async syncNow(urgent: boolean, stop: AbortSignal): Promise<void> {
    const parts = await this.members.admit(await this.lead.followed());
    const joined =
      this.rules.count === 0
        ? await this.rules.sync(parts, urgent, stop)
        : await this.rules.trySync(parts, urgent, stop);
    if (joined.length > 0) await this.lead.joined(joined);
  }

  private position(): Pick<StreamBatch, 'cursor' | 'seenUpTo'> {
    const now = new Date();
    return { cursor: { seen_at: now.toISOString() }, seenUpTo: now };
  }

  /** The posts are paid for and X does not send them again: while the database is away they wait, and the stream with them. */
  private async store(batch: StreamBatch): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.lead.save(batch);
        this.savedAt = Date.now();
        return;
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError) || attempt >= 20) throw error;
        logger.warn(`the database is away, posts of the stream wait: ${messageOf(error)}`);
        await sleep(100 + backoffMs(attempt, 200, 3_000));
      }
    }
  }
}
