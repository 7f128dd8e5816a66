import { Injectable } from '@nestjs/common';
import type { SqlExecutor } from '#libs/kernel';
import { insertRows } from '#libs/persistence';
import type { Day } from '../calendar/day.domain.js';
import { packSketch, unpackSketch } from '../sketch/sketch.codec.js';
import { addValues, emptySketch } from '../sketch/sketch.domain.js';

/** What is added to the counters of a site and a day. */
export interface CountChange {
  siteId: number;
  day: Day;
  uniques: number;
  hits: number;
  dnt: number;
  bots: number;
}

/** What visitors do to one sketch. */
export interface SketchChange {
  siteId: number;
  period: number;
  day: Day;
  values: Iterable<number>;
}

interface SketchRow {
  site_id: number;
  period: number;
  day: Day;
  registers: Buffer;
}

const SKETCHES_PER_STATEMENT = 50;

/** All SQL that records visits. */
@Injectable()
export class VisitRepository {
  private readonly sites = new Map<string, number>();

  /** Ids of the sites, made if need be. Sites are never deleted, so what is known stays right. */
  async siteIds(tx: SqlExecutor, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const unknown = [...new Set(names)].filter((name) => !this.sites.has(name)).sort();
    if (unknown.length === 0) return this.sites;
    const known = await this.findSites(tx, unknown);
    const missing = unknown.filter((name) => !known.has(name));
    await insertRows(
      tx,
      'site',
      ['name'],
      missing.map((name) => [name]),
      { ignore: true },
    );
    const made = missing.length > 0 ? await this.findSites(tx, missing) : new Map<string, number>();
    return new Map([...this.sites, ...known, ...made]);
  }

  /** Keeps ids in memory; only after the transaction that may have made them is committed. */
  rememberSites(ids: ReadonlyMap<string, number>): void {
    for (const [name, id] of ids) this.sites.set(name, id);
  }

  /** @returns how many of the visitors had not come to the site on the day before */
  async addVisitors(tx: SqlExecutor, siteId: number, day: Day, visitors: Iterable<string>): Promise<number> {
    const rows = [...visitors].sort().map((visitor) => [day, siteId, Buffer.from(visitor, 'base64url')]);
    return insertRows(tx, 'visitor_day', ['day', 'site_id', 'visitor'], rows, { ignore: true });
  }

  async addCounts(tx: SqlExecutor, changes: readonly CountChange[]): Promise<void> {
    await insertRows(
      tx,
      'visit_count',
      ['site_id', 'day', 'uniques', 'hits', 'dnt', 'bots'],
      changes.map(({ siteId, day, uniques, hits, dnt, bots }) => [siteId, day, uniques, hits, dnt, bots]),
      {
        onDuplicate: `uniques = uniques + VALUES(uniques), hits = hits + VALUES(hits), dnt = dnt + VALUES(dnt),
          bots = bots + VALUES(bots)`,
      },
    );
  }

  async updateSketches(tx: SqlExecutor, changes: readonly SketchChange[]): Promise<void> {
    for (let start = 0; start < changes.length; start += SKETCHES_PER_STATEMENT) {
      await this.updateSome(tx, changes.slice(start, start + SKETCHES_PER_STATEMENT));
    }
  }

  private async updateSome(tx: SqlExecutor, changes: readonly SketchChange[]): Promise<void> {
    const columns = ['site_id', 'period', 'day', 'registers'];
    const keyOf = (siteId: number, period: number, day: Day) => `${siteId} ${period} ${day}`;
    // Rows that exist can be locked; a gap cannot, and two transactions must not both start from nothing.
    await insertRows(
      tx,
      'day_sketch',
      columns,
      changes.map(({ siteId, period, day }) => [siteId, period, day, Buffer.alloc(0)]),
      { ignore: true },
    );
    const rows = await tx.query<SketchRow[]>(
      `SELECT ${columns.join(', ')} FROM day_sketch WHERE (site_id, period, day) IN (?) FOR UPDATE`,
      [changes.map(({ siteId, period, day }) => [siteId, period, day])],
    );
    const stored = new Map(rows.map((row) => [keyOf(row.site_id, row.period, row.day), row.registers]));
    const updated = changes.map(({ siteId, period, day, values }) => {
      const packed = stored.get(keyOf(siteId, period, day))!;
      const sketch = packed.length === 0 ? emptySketch() : unpackSketch(packed);
      addValues(sketch, values);
      return [siteId, period, day, packSketch(sketch)];
    });
    await insertRows(tx, 'day_sketch', columns, updated, { onDuplicate: 'registers = VALUES(registers)' });
  }

  private async findSites(tx: SqlExecutor, names: readonly string[]): Promise<Map<string, number>> {
    const rows = await tx.query<{ id: number; name: string }[]>('SELECT id, name FROM site WHERE name IN (?)', [names]);
    return new Map(rows.map(({ id, name }) => [name, id]));
  }
}
