import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { listFeedback, submitFeedback } from '#libs/contracts';
import { HandleRpc } from '#libs/messaging';
import { FeedbackService } from './feedback.service.js';

@Controller()
export class FeedbackController {
  constructor(private readonly feedback: FeedbackService) {}

  @HandleRpc(submitFeedback)
  submit({ email, page, ...rest }: z.output<typeof submitFeedback.input>) {
    return this.feedback.submit({ ...rest, email: email ?? null, page: page ?? null });
  }

  @HandleRpc(listFeedback)
  list({ limit, cursor }: z.output<typeof listFeedback.input>) {
    return this.feedback.list(limit, cursor);
  }
}
