import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { messageOf, sleep } from '#libs/kernel';
import { createLogger, newContext, runInContext } from '#libs/observability';
import { VISITORS_CONFIG, type VisitorsConfig } from '../visitors.config.js';
import { feedbacks, waitingMails } from './feedback.metrics.js';
import { FeedbackRepository } from './feedback.repository.js';
import type { ClaimedMail } from './feedback.types.js';
import { MAX_ATTEMPTS, pauseAfter } from './mail.domain.js';
import { Mailer } from './mailer.js';

const log = createLogger('MailWorker');

/** How often a worker looks for mails nobody told it about: retries, and those of a process that died. */
const POLL_MS = 1_000;

const ACTION = 'feedback-mail';

/** Sends what is waiting, one mail at a time, for as long as the process lives. */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private wake = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly feedback: FeedbackRepository,
    private readonly mailer: Mailer,
    @Inject(VISITORS_CONFIG) private readonly config: VisitorsConfig,
  ) {}

  onApplicationBootstrap(): void {
    if (this.mailer.isConfigured) this.running = this.loop();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  /** There is a new mail: look now instead of at the next poll. */
  poke(): void {
    this.wake.abort();
    this.wake = new AbortController();
  }

  private async loop(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const { signal } = this.wake;
      const worked = await runInContext(newContext(), () => this.workOnce());
      if (!worked) await sleep(POLL_MS, AbortSignal.any([signal, this.stop.signal]));
    }
  }

  /** @returns whether there may be more to do at once */
  private async workOnce(): Promise<boolean> {
    try {
      const mail = await this.feedback.claimMail(this.config.MIRANTE_FEEDBACK_LEASE_SECONDS);
      if (mail) await this.attempt(mail);
      waitingMails.set({}, await this.feedback.waitingMails());
      return mail !== undefined;
    } catch (error) {
      log.warn('feedback cannot be mailed now', { event: { action: ACTION, outcome: 'failure' } }, error);
      return false;
    }
  }

  private async attempt(mail: ClaimedMail): Promise<void> {
    const labels = { feedback_id: mail.id, attempt: mail.attempt };
    try {
      await this.mailer.send(mail);
    } catch (error) {
      const isLast = mail.attempt >= MAX_ATTEMPTS;
      feedbacks.inc({ outcome: isLast ? 'mail-failed' : 'mail-retried' });
      const fields = { event: { action: ACTION, outcome: 'failure' } as const, labels };
      // Not the error itself: a server's refusal may quote addresses.
      const reason = { ...fields, labels: { ...labels, reason: reasonOf(error) } };
      if (isLast) log.error('feedback is not mailed; it stays in the list', reason);
      else log.warn('feedback is not mailed yet', reason);
      if (isLast) await this.feedback.giveUp(mail);
      else await this.feedback.postpone(mail, pauseAfter(mail.attempt, this.config.MIRANTE_FEEDBACK_RETRY_MS));
      return;
    }
    feedbacks.inc({ outcome: 'mailed' });
    const held = await this.feedback.markSent(mail);
    log.info('feedback mailed', { event: { action: ACTION, outcome: 'success' }, labels: { ...labels, held } });
  }
}

/** Nodemailer's code and the server's reply code, without the words. */
function reasonOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const parts = [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number');
  return parts.length > 0 ? parts.join(' ') : messageOf(error).slice(0, 40);
}
