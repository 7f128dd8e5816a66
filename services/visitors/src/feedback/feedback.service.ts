import { Injectable } from '@nestjs/common';
import type { Feedback } from '#libs/contracts';
import { createLogger } from '#libs/observability';
import { decodeCursor, encodeCursor } from './cursor.domain.js';
import { feedbacks } from './feedback.metrics.js';
import { FeedbackRepository } from './feedback.repository.js';
import type { NewFeedback } from './feedback.types.js';
import { MailWorker } from './mail-worker.service.js';
import { Mailer } from './mailer.js';

const log = createLogger('Feedback');

@Injectable()
export class FeedbackService {
  constructor(
    private readonly feedback: FeedbackRepository,
    private readonly mailer: Mailer,
    private readonly worker: MailWorker,
  ) {}

  /** Stores feedback once, however often it is submitted under its id. The mail follows later. */
  async submit(feedback: NewFeedback): Promise<{ id: string; created_at: string }> {
    const isNew = await this.feedback.add(feedback, this.mailer.isConfigured);
    feedbacks.inc({ outcome: isNew ? 'stored' : 'repeated' });
    if (isNew) {
      const event = { action: 'feedback-store', outcome: 'success' } as const;
      log.info('feedback stored', { event, labels: { feedback_id: feedback.id } });
      this.worker.poke();
    }
    const stored = await this.feedback.get(feedback.id);
    return { id: feedback.id, created_at: stored!.createdAt.toISOString() };
  }

  /** @throws BadCursorError */
  async list(limit: number, cursor?: string): Promise<{ items: Feedback[]; next_cursor: string | null }> {
    const rows = await this.feedback.list(cursor === undefined ? undefined : decodeCursor(cursor), limit + 1);
    const page = rows.slice(0, limit);
    return {
      items: page.map(({ id, message, email, page: where, mail, createdAt }) => ({
        id,
        message,
        email,
        page: where,
        mail,
        created_at: createdAt.toISOString(),
      })),
      next_cursor: rows.length > limit ? encodeCursor(page.at(-1)!) : null,
    };
  }
}
