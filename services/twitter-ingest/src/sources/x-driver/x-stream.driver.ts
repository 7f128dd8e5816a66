import { Injectable } from '@nestjs/common';
import type { Source } from '#libs/contracts';
import { sleep } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import type { CaptureAsk, StreamDriver, StreamLead } from '../../captures/source-driver.js';
import { UpstreamError } from '../../captures/upstream.errors.js';
import { BudgetLedger, UpstreamGate } from '../../upstream/index.js';
import { afterBreak, breakOf, RECONNECTED, XApi, type XReconnect } from '../x/index.js';
import { streamConnects, streamRules } from './x-driver.metrics.js';
import { XDriverSettings } from './x-driver.settings.js';
import { XStreamSession } from './x-stream.session.js';

const logger = createLogger('XStream');

/** However long X wants to be left alone: whether something has changed is looked at this often. */
const LONGEST_SLEEP_MS = 60_000;

/**
 * Follows tags over the filtered stream of X: one connection for the credential, one rule per tag. It has no memory at X,
 * so after each connection every part polls for what was missed meanwhile.
 */
@Injectable()
export class XStreamDriver implements StreamDriver {
  readonly source = 'x';

  constructor(
    private readonly api: XApi,
    private readonly gate: UpstreamGate,
    private readonly ledger: BudgetLedger,
    private readonly settings: XDriverSettings,
  ) {}

  get storedAs(): Source {
    return this.api.storedAs;
  }

  get key(): string {
    return `x:${this.settings.credential}`;
  }

  follows(ask: CaptureAsk): boolean {
    return this.settings.streams(ask);
  }

  async run(lead: StreamLead, stop: AbortSignal): Promise<void> {
    let reconnect: XReconnect = RECONNECTED;
    const session = new XStreamSession(this.api, this.gate, this.ledger, this.settings, lead, () => {
      reconnect = RECONNECTED;
    });
    try {
      while (!stop.aborted) {
        const failure = await this.connectOnce(session, stop);
        if (stop.aborted) return;
        if (failure === 'idle') continue;
        const pause = afterBreak(reconnect, breakOf(failure?.reason ?? null));
        reconnect = pause.state;
        const now = Date.now();
        const until = Math.max(now + pause.delayMs, failure?.details.until?.getTime() ?? 0);
        if (failure) {
          logger.warn(`the stream of X is down: ${failure.message}`, {
            event: { action: 'stream-down', outcome: 'failure' },
            labels: { reason: failure.reason, attempts: String(pause.state.attempts) },
          });
          const acted = failure.reaction === 'halt-source' && !failure.details.until;
          await lead.waiting(failure, acted ? null : new Date(until));
        }
        await sleep(Math.min(until - now, LONGEST_SLEEP_MS), stop);
      }
    } finally {
      streamRules.remove({ source: this.storedAs });
    }
  }

  /** @returns why the connection has ended; null when X ended it without a word, `idle` when there was none to make */
  private async connectOnce(session: XStreamSession, stop: AbortSignal): Promise<UpstreamError | 'idle' | null> {
    try {
      if (!(await session.run(stop))) return 'idle';
      streamConnects.inc({ source: this.storedAs, outcome: 'ok' });
      return null;
    } catch (error) {
      if (stop.aborted) return null;
      if (!(error instanceof UpstreamError)) throw error;
      streamConnects.inc({ source: this.storedAs, outcome: error.reason });
      return error;
    }
  }
}
