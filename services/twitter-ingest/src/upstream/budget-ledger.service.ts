import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import type { Source } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { TransactionRunner } from '#libs/persistence';
import { UpstreamError } from '../captures/upstream.errors.js';
import { sourceOf } from '../posts/codes.domain.js';
import { affordablePage, formatUsd, priceOf } from './prices.domain.js';
import { SpendingRepository, type ReservationRow } from './spending.repository.js';
import { NO_PART, type Billed, type Payer, type Reservation, type SpendAsk, type Spent } from './spending.types.js';
import { upstreamConfigSchema } from './upstream.config.js';

const NOTHING: Spent = { microUsd: 0, posts: 0, users: 0 };

/** What may still be spent, and which limit says so. */
interface Room {
  microUsd: number;
  limit: 'budget' | 'daily-budget';
}

/**
 * What the sources cost, to the millionth of a dollar. Before a request its worst case is put aside; with the rows of the
 * answer what it really cost takes that place. Reserving and settling of a day happen one after the other, behind the lock
 * of the day's row, so two processes together never promise more than there is.
 */
@Injectable()
export class BudgetLedger {
  private readonly config = loadConfig(upstreamConfigSchema);

  constructor(
    private readonly transactions: TransactionRunner,
    private readonly spending: SpendingRepository,
  ) {}

  /**
   * Puts money aside for a request, with as large a page as the money allows.
   *
   * A request whose outcome nobody knows (its process was killed, the line broke) may have been billed. Its money stays
   * put aside until the same page has been repeated: with the same key on the same day the reservation is taken over, and
   * what the repetition finds is billed once, for both.
   *
   * @throws UpstreamError `budget` or `daily-budget` when not even the smallest page is covered
   */
  async reserve(ask: SpendAsk): Promise<Reservation> {
    return this.transactions.run(async (tx) => {
      const day = await this.lockToday(tx, ask.source);
      const earlier = await this.takeStock(tx, ask, day);
      const room = await this.room(tx, ask, day);
      if (earlier && room.microUsd >= 0) return toReservation(earlier, ask, true);
      const pageSize = affordablePage(room.microUsd - ask.perRequest, ask.perPost, ask.pages);
      if (pageSize === null) throw exhausted(room, ask);
      const row = {
        id: randomUUID(),
        utc_day: day,
        page_key: ask.key,
        micro_usd: ask.perRequest + pageSize * ask.perPost,
        page_size: pageSize,
        request: JSON.stringify(ask.request),
      };
      await this.spending.addReservation(tx, { ...row, source: ask.source, partId: ask.partId, standing: false });
      return toReservation(row, ask, false);
    });
  }

  /** Nothing was billed: the request was refused, or never sent. What an earlier try may have cost stays put aside. */
  async release(reservation: Reservation): Promise<void> {
    if (reservation.repeated) return;
    await this.transactions.run((tx) => this.spending.removeReservation(tx, reservation.id));
  }

  /** Nobody will ever know whether it was billed, and repeating it would cost again: it counts as spent. */
  async writeOff(reservation: Reservation): Promise<void> {
    const { payer, day, microUsd } = reservation;
    await this.transactions.run(async (tx) => {
      await this.spending.lockDay(tx, day, payer.source);
      if (!(await this.spending.removeReservation(tx, reservation.id))) return;
      await this.spending.addSpent(tx, day, payer.source, payer.partId, { ...NOTHING, microUsd });
    });
  }

  /** Puts what an answer cost in the place of its reservation. Belongs last into the transaction that stores its rows. */
  async settle(tx: SqlExecutor, reservation: Reservation, billed: Billed): Promise<Spent> {
    const { payer, day } = reservation;
    await this.spending.lockDay(tx, day, payer.source);
    // Settled before: the commit was not heard of and the rows are stored again. Only posts and users are counted anew.
    const first = await this.spending.removeReservation(tx, reservation.id);
    const bill = first ? billed : { ...billed, requestsMicroUsd: 0 };
    // Asked before midnight, answered after it: on which day it was billed is unknown, so nothing counts as paid before.
    const straddles = first && (await this.spending.today(tx)) !== day;
    return this.record(tx, day, payer.source, payer.partId, bill, straddles);
  }

  /** Settles an answer that brought nothing to store. */
  async settleAlone(reservation: Reservation, billed: Billed): Promise<Spent> {
    return this.transactions.run((tx) => this.settle(tx, reservation, billed));
  }

  /** Counts what a stream has brought, in the order given: who is first pays. */
  async charge(
    tx: SqlExecutor,
    source: Source,
    bills: readonly { partId: number; billed: Billed }[],
  ): Promise<{ partId: number; microUsd: number }[]> {
    if (bills.length === 0) return [];
    const day = await this.lockToday(tx, source);
    const costs: { partId: number; microUsd: number }[] = [];
    for (const { partId, billed } of bills) {
      const { microUsd } = await this.record(tx, day, source, partId, billed, false);
      costs.push({ partId, microUsd });
    }
    return costs;
  }

  /**
   * Keeps money aside for what a stream may still bring after the order to end it. For {@link NO_PART} it is money of the
   * day, for a part money of its budget.
   *
   * @returns false, and keeps nothing, when there is not that much
   */
  async hold(payer: Payer, microUsd: number): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const day = await this.lockToday(tx, payer.source);
      await this.spending.removeStanding(tx, payer.source, payer.partId);
      const room = await this.room(tx, payer, day);
      if (room.microUsd < microUsd) return false;
      const row = {
        id: randomUUID(),
        utc_day: day,
        page_key: 'stream',
        micro_usd: microUsd,
        page_size: 0,
        request: '{}',
      };
      await this.spending.addReservation(tx, { ...row, source: payer.source, partId: payer.partId, standing: true });
      return true;
    });
  }

  async dropHold(source: Source, partId: number): Promise<void> {
    await this.transactions.run((tx) => this.spending.removeStanding(tx, source, partId));
  }

  /** What the day has cost so far, all captures together; reservations not included. */
  async spentToday(source: Source): Promise<number> {
    return this.transactions.run(async (tx) => this.spending.spentOn(tx, await this.spending.today(tx), source));
  }

  /** Counts requests of earlier days nobody settled as spent, and forgets what can no longer be told from new. */
  async tidy(): Promise<void> {
    await this.transactions.run(async (tx) => {
      const today = await this.spending.today(tx);
      for (const row of await this.spending.stale(tx, today)) {
        const source = sourceOf(row.source);
        await this.spending.lockDay(tx, row.utc_day, source);
        if (!(await this.spending.removeReservation(tx, row.id))) continue;
        await this.spending.addSpent(tx, row.utc_day, source, row.part_id, { ...NOTHING, microUsd: row.micro_usd });
      }
      await this.spending.purgeStanding(tx, HOLD_SECONDS);
    });
    const before = new Date(Date.now() - KEEP_BILLED_MS).toISOString().slice(0, 10);
    while (
      (await this.transactions.run((tx) => this.spending.purgeBilled(tx, before, PURGE_ROWS), { pool: 'bulk' })) ===
      PURGE_ROWS
    );
  }

  private async lockToday(tx: SqlExecutor, source: Source): Promise<string> {
    const day = await this.spending.today(tx);
    await this.spending.lockDay(tx, day, source);
    return day;
  }

  /** Decides on earlier requests of the part: gives back the one that this repeats, writes off what cannot be repeated. */
  private async takeStock(tx: SqlExecutor, ask: SpendAsk, day: string): Promise<ReservationRow | undefined> {
    if (ask.partId === NO_PART) return undefined;
    let same: ReservationRow | undefined;
    for (const row of await this.spending.leftovers(tx, ask.source, ask.partId)) {
      if (row.utc_day === day && row.page_key !== ask.key) continue;
      if (row.utc_day === day && isRepeatable(row, ask)) {
        same = row;
        continue;
      }
      await this.spending.removeReservation(tx, row.id);
      await this.spending.addSpent(tx, row.utc_day, ask.source, ask.partId, { ...NOTHING, microUsd: row.micro_usd });
    }
    return same;
  }

  private async room(tx: SqlExecutor, payer: Payer, day: string): Promise<Room> {
    const { source, partId, budgetMicroUsd } = payer;
    const spentOn = await this.spending.spentOn(tx, day, source);
    const daily = this.config.MIRANTE_X_DAILY_BUDGET_USD - spentOn - (await this.spending.reservedOn(tx, day, source));
    if (budgetMicroUsd === null) return { microUsd: daily, limit: 'daily-budget' };
    const spentBy = await this.spending.spentBy(tx, source, partId);
    const own = budgetMicroUsd - spentBy - (await this.spending.reservedBy(tx, source, partId));
    return own <= daily ? { microUsd: own, limit: 'budget' } : { microUsd: daily, limit: 'daily-budget' };
  }

  private async record(
    tx: SqlExecutor,
    day: string,
    source: Source,
    partId: number,
    billed: Billed,
    allNew: boolean,
  ): Promise<Spent> {
    const userIds = this.config.MIRANTE_X_AUTHORS_BILLED ? billed.userIds : [];
    const newPosts = await this.spending.markBilled(tx, day, source, 'post', billed.postIds);
    const newUsers = await this.spending.markBilled(tx, day, source, 'user', userIds);
    const posts = allNew ? new Set(billed.postIds).size : newPosts;
    const users = allNew ? new Set(userIds).size : newUsers;
    const spent = { microUsd: priceOf(posts, users) + billed.requestsMicroUsd, posts, users };
    await this.spending.addSpent(tx, day, source, partId, spent);
    return spent;
  }
}

/** A day is over everywhere after this; the extra day spares a thought about clocks. */
const KEEP_BILLED_MS = 2 * 86_400_000;
const PURGE_ROWS = 5_000;
/** A stream renews what it keeps aside every few seconds; older than this it belongs to a process that died. */
const HOLD_SECONDS = 600;

/** A request that is charged as such costs again when it is repeated. */
function isRepeatable(row: ReservationRow, ask: SpendAsk): boolean {
  if (ask.perRequest > 0) return false;
  return ask.isRepeatable?.(JSON.parse(row.request) as Record<string, unknown>) ?? true;
}

function toReservation(row: ReservationRow, ask: SpendAsk, repeated: boolean): Reservation {
  return {
    id: row.id,
    day: row.utc_day,
    payer: { source: ask.source, partId: ask.partId, budgetMicroUsd: ask.budgetMicroUsd },
    key: row.page_key,
    microUsd: row.micro_usd,
    pageSize: row.page_size,
    request: JSON.parse(row.request) as Record<string, unknown>,
    repeated,
    perRequest: ask.perRequest,
  };
}

function exhausted(room: Room, ask: SpendAsk): UpstreamError {
  const least = formatUsd(ask.perRequest + ask.pages.min * ask.perPost);
  const left = formatUsd(Math.max(0, room.microUsd));
  if (room.limit === 'budget') {
    const message = `${left} of the budget are left, the smallest request may cost ${least}`;
    return new UpstreamError('budget', 'stop-part', message);
  }
  const message = `${left} are left of what all captures may spend today, the smallest request may cost ${least}`;
  return new UpstreamError('daily-budget', 'wait', message, { until: nextUtcMidnight() });
}

/** With a margin for clocks that differ. */
function nextUtcMidnight(): Date {
  return new Date((Math.floor(Date.now() / 86_400_000) + 1) * 86_400_000 + 5_000);
}
