import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { TASK_SIGNALS, taskChanged, type TaskSignal } from '#libs/contracts';
import { Broadcasts, OnEvent } from '#libs/messaging';
import { WebhookSender } from '../webhooks/webhook-sender.service.js';

/** Passes committed changes on to all who watch: an event reaches one process, a broadcast each gateway. */
@Controller()
export class TaskSignalsController {
  constructor(
    private readonly broadcasts: Broadcasts,
    private readonly sender: WebhookSender,
  ) {}

  @OnEvent(taskChanged, { concurrency: 50 })
  tell({ tenant, event: { token } }: z.output<typeof taskChanged.payload>): void {
    this.broadcasts.send(TASK_SIGNALS, { tenant, token } satisfies TaskSignal);
    this.sender.wake();
  }
}
