import { Module } from '@nestjs/common';
import { BlobsModule } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import {
  cancelTask,
  describeSystem,
  getTask,
  getTaskResult,
  holdTaskKey,
  listTasks,
  restoreTask,
  retryTask,
  submitTask,
} from '#libs/contracts';
import { JobsModule } from '#libs/jobs';
import { MessagingModule } from '#libs/messaging';
import { PersistenceModule } from '#libs/persistence';
import { OutboxModule, SystemModule } from '#libs/service-kit';
import { SCHEMA } from './data-source.js';
import { FileSweeper } from './files/file-sweeper.service.js';
import { TaskFileRepository } from './files/task-file.repository.js';
import { IMAGE_TASKS_CONFIG, IMAGES_CONFIG, imageTasksConfigSchema } from './image-tasks.config.js';
import { imagesConfigSchema } from './images/index.js';
import { ImageWork } from './kinds/image-work.service.js';
import { RandomizeKind } from './kinds/randomize.kind.js';
import { RestoreKind } from './kinds/restore.kind.js';
import { SumEvenKind } from './kinds/sum-even.kind.js';
import { TasksController } from './tasks/tasks.controller.js';
import { TasksService } from './tasks/tasks.service.js';

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
        describeSystem(SERVICE),
      ],
      events: [],
    }),
    OutboxModule,
    BlobsModule.forArea('tasks'),
    JobsModule.forService({ service: SERVICE, kinds: [RandomizeKind, RestoreKind, SumEvenKind] }),
    SystemModule.forService(SERVICE),
  ],
  controllers: [TasksController],
  providers: [
    { provide: IMAGE_TASKS_CONFIG, useFactory: () => loadConfig(imageTasksConfigSchema) },
    { provide: IMAGES_CONFIG, useFactory: () => loadConfig(imagesConfigSchema) },
    ImageWork,
    RandomizeKind,
    RestoreKind,
    SumEvenKind,
    TaskFileRepository,
    FileSweeper,
    TasksService,
  ],
})
export class ImageTasksModule {}
