import { Module } from '@nestjs/common';
import { BlobsModule, BlobStore } from '#libs/blobs';

/** Injection token of the store of files that tasks read and make; archives have another. */
export const TASK_BLOBS = Symbol('TASK_BLOBS');

@Module({
  imports: [BlobsModule.forArea('tasks')],
  providers: [{ provide: TASK_BLOBS, useExisting: BlobStore }],
  exports: [TASK_BLOBS],
})
export class TaskBlobsModule {}
