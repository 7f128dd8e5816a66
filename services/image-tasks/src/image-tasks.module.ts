import { Module } from '@nestjs/common';
import { BlobsModule } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import {
  cancelTask,
  createWebhook,
  deleteWebhook,
  describeSystem,
  getTask,
  getTaskResult,
  getWebhook,
  holdTaskKey,
  listDeliveries,
  listTaskEvents,
  listTasks,
  listWebhooks,
  restoreTask,
  retryTask,
  submitTask,
  taskChanged,
} from '#libs/contracts';
import { JobsModule } from '#libs/jobs';
import { MessagingModule } from '#libs/messaging';
import { PersistenceModule } from '#libs/persistence';
import { OutboxModule, SystemModule } from '#libs/service-kit';
import { SCHEMA } from './data-source.js';
import { TaskEventRepository } from './events/task-event.repository.js';
import { TaskObserver } from './events/task-observer.service.js';
import { TaskSignalsController } from './events/task-signals.controller.js';
import { FileSweeper } from './files/file-sweeper.service.js';
import { TaskFileRepository } from './files/task-file.repository.js';
import { IMAGE_TASKS_CONFIG, IMAGES_CONFIG, imageTasksConfigSchema } from './image-tasks.config.js';
import { imagesConfigSchema } from './images/index.js';
import { ImageWork } from './kinds/image-work.service.js';
import { RandomizeKind } from './kinds/randomize.kind.js';
import { RestoreKind } from './kinds/restore.kind.js';
import { SumEvenKind } from './kinds/sum-even.kind.js';
import { TextSums } from './sum-even/text-sums.service.js';
import { TasksController } from './tasks/tasks.controller.js';
import { TasksService } from './tasks/tasks.service.js';
import { DeliveryRepository } from './webhooks/delivery.repository.js';
import { WebhookRepository } from './webhooks/webhook.repository.js';
import { WebhookSender } from './webhooks/webhook-sender.service.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';
import { Webhooks } from './webhooks/webhooks.service.js';

const SERVICE = 'image-tasks';

@Module({
  imports: [
    PersistenceModule.forService(SCHEMA),
    MessagingModule.forService({
      service: SERVICE,
      rpc: [
        submitTask,
        restoreTask,
        holdTaskKey,
        getTask,
        getTaskResult,
        listTasks,
        cancelTask,
        retryTask,
        listTaskEvents,
        createWebhook,
        listWebhooks,
        getWebhook,
        deleteWebhook,
        listDeliveries,
        describeSystem(SERVICE),
      ],
      events: [taskChanged],
      announces: [taskChanged],
    }),
    OutboxModule,
    BlobsModule.forArea('tasks'),
    JobsModule.forService({
      service: SERVICE,
      kinds: [RandomizeKind, RestoreKind, SumEvenKind],
      observer: TaskObserver,
    }),
    SystemModule.forService(SERVICE),
  ],
  controllers: [TasksController, WebhooksController, TaskSignalsController],
  providers: [
    { provide: IMAGE_TASKS_CONFIG, useFactory: () => loadConfig(imageTasksConfigSchema) },
    { provide: IMAGES_CONFIG, useFactory: () => loadConfig(imagesConfigSchema) },
    ImageWork,
    RandomizeKind,
    RestoreKind,
    SumEvenKind,
    TextSums,
    TaskFileRepository,
    TaskEventRepository,
    TaskObserver,
    WebhookRepository,
    DeliveryRepository,
    Webhooks,
    WebhookSender,
    FileSweeper,
    TasksService,
  ],
})
export class ImageTasksModule {}
