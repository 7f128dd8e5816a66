import { Injectable } from '@nestjs/common';
import { OTHER_REFERRERS } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows, TransactionRunner } from '#libs/persistence';
import type { Day } from '../calendar/day.domain.js';
import type { Stretch } from '../calendar/period.domain.js';

/** Hosts that a site and day tells apart. Anybody can make up hosts, and the table must not grow with them. */
export const MAX_DAY_REFERRERS = 200;

/** All SQL about hosts that led to visits. */
@Injectable()
export class ReferrerRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  /**
   * Adds hits by host. The caller holds the lock of the counters of this site and day, so nobody else adds hosts between
   * the look and the insert.
   */
  async add(tx: SqlExecutor, siteId: number, day: Day, hits: ReadonlyMap<string, number>): Promise<void> {
    if (hits.size === 0) return;
    const rows = await tx.query<{ host: string }[]>('SELECT host FROM visit_referrer WHERE site_id = ? AND day = ?', [
      siteId,
      day,
    ]);
    const known = new Set(rows.map(({ host }) => host)).add(OTHER_REFERRERS);
    const sums = new Map<string, number>();
    for (const [host, count] of [...hits].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const name = known.has(host) || known.size <= MAX_DAY_REFERRERS ? host : OTHER_REFERRERS;
      known.add(name);
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
    await insertRows(
      tx,
      'visit_referrer',
      ['site_id', 'day', 'host', 'hits'],
      [...sums].map(([host, count]) => [siteId, day, host, count]),
      { onDuplicate: 'hits = hits + VALUES(hits)' },
    );
  }

  /** The hosts with most hits, and the hits of all. */
  async top(site: string, { first, last }: Stretch, limit: number): Promise<{ hosts: ReferrerHits[]; total: number }> {
    const from = 'FROM visit_referrer JOIN site ON site.id = site_id WHERE site.name = ? AND day BETWEEN ? AND ?';
    const [hosts, [sum]] = await Promise.all([
      this.transactions.query<ReferrerHits[]>(
        `SELECT host, CAST(SUM(hits) AS UNSIGNED) AS hits ${from} AND host <> ? GROUP BY host ORDER BY 2 DESC, 1 LIMIT ?`,
        [site, first, last, OTHER_REFERRERS, limit],
      ),
      this.transactions.query<{ hits: number }[]>(`SELECT CAST(COALESCE(SUM(hits), 0) AS UNSIGNED) AS hits ${from}`, [
        site,
        first,
        last,
      ]),
    ]);
    return { hosts, total: sum!.hits };
  }
}

export interface ReferrerHits {
  host: string;
  hits: number;
}
