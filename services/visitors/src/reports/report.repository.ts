import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';
import type { Day } from '../calendar/day.domain.js';
import type { Stretch } from '../calendar/period.domain.js';
import { unpackSketch } from '../sketch/sketch.codec.js';
import { emptySketch, mergeSketch, type Sketch } from '../sketch/sketch.domain.js';
import type { DayCount } from './figures.domain.js';

/** All SQL that reads figures. */
@Injectable()
export class ReportRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  async siteId(name: string): Promise<number | undefined> {
    const rows = await this.transactions.query<{ id: number }[]>('SELECT id FROM site WHERE name = ?', [name]);
    return rows[0]?.id;
  }

  /** Days on which something happened, in order. */
  counts(siteId: number, { first, last }: Stretch): Promise<DayCount[]> {
    return this.transactions.query(
      `SELECT day, uniques, hits, dnt, bots FROM visit_count
       WHERE site_id = ? AND day BETWEEN ? AND ? ORDER BY day`,
      [siteId, first, last],
    );
  }

  /** All visitors of the days under the key of a period, as one sketch. */
  async union(siteId: number, period: number, { first, last }: Stretch): Promise<Sketch> {
    const rows = await this.transactions.query<{ day: Day; registers: Buffer }[]>(
      'SELECT day, registers FROM day_sketch WHERE site_id = ? AND period = ? AND day BETWEEN ? AND ?',
      [siteId, period, first, last],
    );
    const sketch = emptySketch();
    for (const { registers } of rows) mergeSketch(sketch, unpackSketch(registers));
    return sketch;
  }
}
