import { Outbox, type OutboxRelay } from '#libs/messaging';
import { TransactionRunner } from '#libs/persistence';
import { CapturePosts } from '../../src/captures/capture-posts.service.js';
import { BlockCheck } from '../../src/compliance/block-check.service.js';
import { ComplianceWorker } from '../../src/compliance/compliance-worker.service.js';
import { ComplianceRepository } from '../../src/compliance/compliance.repository.js';
import { ComplianceSettings } from '../../src/compliance/compliance.settings.js';
import { AuthorRepository } from '../../src/posts/author.repository.js';
import { PostStore } from '../../src/posts/post-store.service.js';
import { PostRepository } from '../../src/posts/post.repository.js';
import { TagRepository } from '../../src/posts/tag.repository.js';
import { XDriverSettings } from '../../src/sources/x-driver/x-driver.settings.js';
import type { XApi, XSettings } from '../../src/sources/x/index.js';
import { BudgetLedger, RateQuota, SourceHalts, SpendingRepository, UpstreamGate } from '../../src/upstream/index.js';

/** The classes of one process that looks posts up again, put together as the module does. */
export class ComplianceProcess {
  readonly repository: ComplianceRepository;
  readonly check: BlockCheck;
  readonly worker: ComplianceWorker;
  readonly posts: CapturePosts;
  readonly ledger: BudgetLedger;

  constructor(transactions: TransactionRunner, api: XApi, settings: XSettings) {
    const [rows, tags] = [new PostRepository(), new TagRepository(transactions)];
    const complianceSettings = new ComplianceSettings(api);
    const relay = { poke: () => undefined } as unknown as OutboxRelay;
    this.ledger = new BudgetLedger(transactions, new SpendingRepository());
    const gate = new UpstreamGate(this.ledger, new RateQuota(transactions), new SourceHalts(transactions));
    this.posts = new CapturePosts(new PostStore(new AuthorRepository(), rows, tags), rows, tags, new Outbox());
    this.repository = new ComplianceRepository(transactions);
    this.check = new BlockCheck(
      api, gate, this.ledger, new XDriverSettings(settings), complianceSettings, this.repository, this.posts, transactions,
      relay,
    ); // prettier-ignore
    this.worker = new ComplianceWorker(api, complianceSettings, this.repository, this.check);
  }
}
