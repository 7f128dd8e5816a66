import { Injectable } from '@nestjs/common';
import type { VisitsRecorded } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { Inbox, type EventItem } from '#libs/messaging';
import { createLogger } from '#libs/observability';
import { TransactionRunner } from '#libs/persistence';
import { KeyRepository } from '../keys/key.repository.js';
import { ReferrerRepository } from '../referrers/referrer.repository.js';
import { sumTallies, type DayTally } from './tally.domain.js';
import { VisitRepository, type CountChange, type SketchChange } from './visit.repository.js';
import { lateVisitors, visitBatchSize, visitLag } from './visits.metrics.js';

const log = createLogger('RecordVisits');

const CONSUMER = 'visitors';

interface Recorded {
  sites: ReadonlyMap<string, number>;
  fresh: EventItem<VisitsRecorded>[];
  hits: number;
  late: number;
}

/** Brings a batch of events into rows, counters and sketches, in one transaction and once. */
@Injectable()
export class RecordVisitsService {
  constructor(
    private readonly transactions: TransactionRunner,
    private readonly inbox: Inbox,
    private readonly keys: KeyRepository,
    private readonly visits: VisitRepository,
    private readonly referrers: ReferrerRepository,
  ) {}

  async recordAll(items: EventItem<VisitsRecorded>[]): Promise<void> {
    const { sites, fresh, hits, late } = await this.transactions.run((tx) => this.record(tx, items), { pool: 'bulk' });
    this.visits.rememberSites(sites);
    if (fresh.length === 0) return;
    visitBatchSize.observe({}, hits);
    for (const { payload } of fresh) visitLag.observe({}, Math.max(0, Date.now() - Date.parse(payload.first_at)) / 1e3);
    if (late === 0) return;
    lateVisitors.inc({}, late);
    const event = { action: 'visits-record', outcome: 'unknown' } as const;
    log.warn('visitors came after their day was closed', { event, labels: { visitors: late } });
  }

  private async record(tx: SqlExecutor, items: EventItem<VisitsRecorded>[]): Promise<Recorded> {
    const ids = items.map(({ meta }) => meta.messageId);
    const accepted = await this.inbox.acceptMany(tx, CONSUMER, ids);
    // A batch may hold the same event twice.
    const fresh = items.filter(({ meta }) => accepted.delete(meta.messageId));
    const tallies = sumTallies(fresh.flatMap(({ payload }) => payload.tallies));
    const names = tallies.map(({ site }) => site);
    const sites = await this.visits.siteIds(tx, names);
    const open = await this.keys.lockOpenDays(tx, [...new Set(tallies.map(({ day }) => day))]);

    const counts: CountChange[] = [];
    const sketches: SketchChange[] = [];
    let late = 0;
    for (const tally of tallies) {
      const siteId = sites.get(tally.site)!;
      const { day, hits, dnt, bots, visitors } = tally;
      let uniques = 0;
      if (open.has(day)) {
        uniques = await this.visits.addVisitors(tx, siteId, day, visitors);
        sketches.push(...sketchesOf(siteId, tally));
      } else late += visitors.size;
      counts.push({ siteId, day, uniques, hits, dnt, bots });
    }
    await this.visits.updateSketches(tx, sketches);
    await this.visits.addCounts(tx, counts);
    for (const { site, day, referrers } of tallies) await this.referrers.add(tx, sites.get(site)!, day, referrers);
    return { sites, fresh, late, hits: tallies.reduce((sum, { hits, bots }) => sum + hits + bots, 0) };
  }
}

function sketchesOf(siteId: number, { day, registers }: DayTally): SketchChange[] {
  return [...registers.entries()]
    .sort(([a], [b]) => a - b)
    .map(([period, values]) => ({ siteId, period, day, values }));
}
