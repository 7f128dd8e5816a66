import { Inject, Injectable } from '@nestjs/common';
import type { VisitorKeys } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import { dayOf, formatDay, startOf } from '../calendar/day.domain.js';
import { daysOfPeriod, periodsOf } from '../calendar/period.domain.js';
import { CLOCK } from '../visitors.clock.js';
import { KeyRepository } from './key.repository.js';

/** A key lives on this long after its last day, for visits that arrive late. */
export const GRACE_MS = 48 * 3_600_000;

/** Makes keys before they are needed and destroys them when they are no longer. */
@Injectable()
export class KeysService {
  constructor(
    private readonly keys: KeyRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The keys of today and tomorrow, made if need be, and older ones that are not destroyed yet. */
  async current(): Promise<VisitorKeys> {
    const today = dayOf(this.clock.now());
    const days = [today, today + 1];
    const periods = [...new Set(days.flatMap(periodsOf))];
    await this.keys.ensure(days, periods);
    const [dayKeys, periodKeys] = await Promise.all([
      this.keys.dayKeys(today - 1),
      this.keys.periodKeys(Math.min(...periods)),
    ]);
    return {
      days: dayKeys.map(({ day, secret }) => ({ day: formatDay(day), secret: secret.toString('base64url') })),
      periods: periodKeys.map(({ period, secret }) => {
        const { first, last } = daysOfPeriod(period);
        const secretText = secret.toString('base64url');
        return { period, first_day: formatDay(first), last_day: formatDay(last), secret: secretText };
      }),
    };
  }

  /** Closes the days and periods whose grace is over. @returns rows of visitors deleted */
  async destroyOld(): Promise<number> {
    const before = dayOf(this.clock.now() - GRACE_MS);
    let [period] = periodsOf(before);
    while (startOf(daysOfPeriod(period).last + 1) + GRACE_MS > this.clock.now()) period--;
    await this.keys.destroyPeriodKeysBefore(period + 1);
    return this.keys.closeDaysBefore(before);
  }
}
