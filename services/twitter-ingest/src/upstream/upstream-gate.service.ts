import { Injectable } from '@nestjs/common';
import { UpstreamError } from '../captures/upstream.errors.js';
import { BudgetLedger } from './budget-ledger.service.js';
import type { XEndpoint } from './endpoints.domain.js';
import { RateQuota, type RateHeaders } from './rate-quota.service.js';
import { SourceHalts } from './source-halts.service.js';
import type { Payer, Reservation, SpendAsk } from './spending.types.js';

/** With which credential something is asked. */
export interface Access {
  source: Payer['source'];
  credential: string;
  endpoint: XEndpoint;
}

interface Answer {
  rate?: RateHeaders | null;
}

/**
 * What every request passes: is the credential halted, is there quota left, is there money. And what every outcome is told
 * to, so that all processes know it.
 */
@Injectable()
export class UpstreamGate {
  constructor(
    private readonly ledger: BudgetLedger,
    private readonly quota: RateQuota,
    private readonly halts: SourceHalts,
  ) {}

  /** A request that costs money. The caller settles the reservation in the transaction that stores the answer. */
  async paid<T extends Answer>(
    access: Access,
    ask: Omit<SpendAsk, 'source'>,
    send: (reservation: Reservation) => Promise<T>,
    stop?: AbortSignal,
  ): Promise<{ answer: T; reservation: Reservation }> {
    const probing = await this.halts.check(access.credential);
    const reservation = await this.ledger.reserve({ ...ask, source: access.source });
    try {
      await this.quota.take(access.credential, access.endpoint, stop);
    } catch (error) {
      await this.ledger.release(reservation);
      throw error;
    }
    try {
      const answer = await send(reservation);
      await this.succeeded(access, answer, probing);
      return { answer, reservation };
    } catch (error) {
      if (isUnbilled(error)) await this.ledger.release(reservation);
      else if (reservation.perRequest > 0) await this.ledger.writeOff(reservation);
      await this.failed(access, error);
      throw error;
    }
  }

  /** A request that costs nothing. */
  async free<T>(access: Access, send: () => Promise<T>, stop?: AbortSignal): Promise<T> {
    const probing = await this.halts.check(access.credential);
    await this.quota.take(access.credential, access.endpoint, stop);
    try {
      const answer = await send();
      await this.succeeded(access, answer as Answer, probing);
      return answer;
    } catch (error) {
      await this.failed(access, error);
      throw error;
    }
  }

  private async succeeded(access: Access, answer: Answer, probing: boolean): Promise<void> {
    if (probing) await this.halts.lift(access.credential);
    if (answer?.rate) await this.quota.report(access.credential, access.endpoint, answer.rate);
  }

  /** Tells all processes about an error, also one that comes while an answer is being read. */
  async failed(access: Access, error: unknown): Promise<void> {
    if (!(error instanceof UpstreamError)) return;
    if (error.reaction === 'halt-source') await this.halts.set(access.credential, access.source, error);
    const { until } = error.details;
    if (error.reason === 'rate-window' && until) await this.quota.exhaust(access.credential, access.endpoint, until);
  }
}

/** An answer with an error status is not billed; a broken line or an answer that makes no sense may have been. */
function isUnbilled(error: unknown): boolean {
  return error instanceof UpstreamError && (error.details.status ?? 0) >= 400;
}
